package filing

import (
	"slices"

	"taxportal/internal/fault"
	"taxportal/internal/models"
	"taxportal/internal/workflow"
)

// step is what a task's unit does next about it until the unit leader has it, and what the policy is asked for it.
type step struct {
	Verb           string // the button of the to-do: 去提交
	Does           string // what is done by it: 提交审签
	Object, Action string
	Locked         bool // nothing can be filed before the Office unlocks the task
}

// The steps that are no moves of FilingFlow: a batch begins with them, or goes on by another upload or by explanations.
var (
	stepFile    = step{Verb: "去报送", Does: "上传文件", Object: "filing", Action: "upload"}
	stepLate    = step{Verb: "去补报", Does: "补报", Object: "filing", Action: "upload"}
	stepCorrect = step{Verb: "去更正", Does: "上传更正文件", Object: "filing", Action: "upload"}
	stepMend    = step{Verb: "改错误", Does: "改错误", Object: "filing", Action: "upload"}
	stepReturn  = step{Verb: "去补正", Does: "补正", Object: "filing", Action: "upload"}
	stepExplain = step{Verb: "去说明", Does: "说明提醒", Object: "filing", Action: "explain"}
	stepUnlock  = step{Verb: "去申请", Does: "申请解锁补报", Object: "filing", Action: "ask", Locked: true} // WaiverFlow begins with it
)

// moveVerbs are the buttons of to-dos that lead to a move of FilingFlow, where it is not the move's own label.
var moveVerbs = map[workflow.Verb]string{models.VerbSubmit: "去提交"}

// stepOf returns what the unit does next about a task, and false while nothing is its liaison's to do. It needs Batches.
func (s *Service) stepOf(t *models.FilingTask) (step, bool) {
	b := t.Current()
	if begun := b != nil && b.State != models.BatchEffective; begun && !withUnit(b.State) || !begun && b != nil && !t.CorrectionOpen {
		return step{}, false
	}
	now := s.now()
	switch err := s.mayFile(t); {
	case fault.Is(err, fault.Locked):
		return stepUnlock, true
	case err != nil:
		return step{}, false
	case b != nil && b.State != models.BatchEffective:
		return stepOn(b.State), true
	case t.CorrectionOpen:
		return stepCorrect, true
	case now >= t.LockAt:
		return stepLate, true
	}
	return stepFile, true
}

// withUnit reports whether a batch in the state waits for those of its unit who prepare it, not for the unit leader.
func withUnit(state workflow.State) bool {
	return state != models.BatchSigning && models.FilingFlow.Describe(state).Waits == workflow.OwnUnit
}

// stepOn is what takes a batch on that waits for its unit: the primary move of its state, else what its findings ask for.
func stepOn(state workflow.State) step {
	for _, m := range models.FilingFlow.Open(state) {
		if m.Main && m.Party == workflow.OwnUnit {
			next := step{Verb: m.Label, Does: m.Label, Object: m.Object, Action: m.Action}
			if verb, ok := moveVerbs[m.Verb]; ok {
				next.Verb = verb
			}
			return next
		}
	}
	switch state {
	case models.BatchWarnings:
		return stepExplain
	case models.BatchReturned:
		return stepReturn
	}
	return stepMend
}

// takesEveryStep reports whether nothing that a unit does before its leader signs is left to somebody else by the actor.
func (s *Service) takesEveryStep(actor models.Actor) bool {
	steps := []step{stepFile, stepExplain, stepUnlock}
	for _, d := range models.FilingFlow.States {
		if withUnit(d.State) {
			steps = append(steps, stepOn(d.State))
		}
	}
	return !slices.ContainsFunc(steps, func(p step) bool { return !s.Guard.Can(actor, p.Object, p.Action) })
}
