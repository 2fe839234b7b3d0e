package demo

import (
	"fmt"
	"strings"
	"time"

	"taxportal/internal/models"
	"taxportal/internal/services/filing"
	rows "taxportal/seed/demo"
)

// The three items of the demo, and how each unit sends its register.
var (
	permits = register{item: "zjj-02", rows: 240, format: "xlsx", name: "商品房预售许可"}
	invest  = register{item: "fgw-05", rows: 320, format: "gb18030", name: "在库投资项目"}
	estates = register{item: "zrzy-01", rows: 480, format: "csv", name: "不动产登记"}
)

// in returns the register of a period.
func (r register) in(p models.Period) register {
	r.period = p
	return r
}

func (r register) withRows(n int) register {
	r.rows = n
	return r
}

func (r register) spoiled(by func(*rows.Sheet)) register {
	r.spoil = by
	return r
}

// write plans everything that happens from the first period on.
func (s *story) write(first models.Period, now time.Time) {
	periods := make([]models.Period, history)
	for i, p := 0, first; i < history; i, p = i+1, p.Next() {
		periods[i] = p
		s.bySystem(p.Next().First().At(0, 10).Time(), "open "+string(p), s.openPeriods)
	}
	s.permits(periods)
	s.invest(periods)
	s.estates(periods)
	s.today(periods, now)
	s.crowd(first, now, map[string]bool{permits.item: true, invest.item: true, estates.item: true})
	s.content(periods, now)
}

func (s *story) openPeriods() error {
	_, err := s.Filing.OpenPeriods(s.ctx)
	return err
}

// files plans an upload and the whole way to acceptance, each step on its day after the period's end.
func (s *story) files(r register, day int) {
	s.on(onDay(r.period, day, 9, 40), "upload "+r.task(), func() error { return s.upload(r, models.BatchClean) })
	s.goes(r.task(), r.period, day)
}

// goes plans submission, signature and acceptance of what the task has.
func (s *story) goes(task string, p models.Period, day int) {
	s.submits(task, p, day)
	s.on(onDay(p, day+2, 11, 5), "accept "+task, func() error { return s.move("office", task, models.VerbAccept, filing.MoveInput{}) })
}

// submits plans submission and signature.
func (s *story) submits(task string, p models.Period, day int) {
	unit := unitOf(task)
	s.on(onDay(p, day, 10, 20), "submit "+task, func() error { return s.move(s.crew[unit].liaison, task, models.VerbSubmit, filing.MoveInput{}) })
	s.on(onDay(p, day, 15, 30), "sign "+task, func() error { return s.move(s.crew[unit].chief, task, models.VerbSign, filing.MoveInput{}) })
}

// unitOf returns the unit of a task's code: ga-jj of GA-JJ-03-202610.
func unitOf(task string) string {
	parts := strings.Split(strings.ToLower(task), "-")
	return strings.Join(parts[:len(parts)-2], "-")
}

// permits is the story of 商品房预售许可: on time, returned and mended, nil, explained, late, and one to do.
func (s *story) permits(periods []models.Period) {
	s.files(permits.in(periods[0]), 16)

	r := permits.in(periods[1])
	s.on(onDay(r.period, 17, 9, 30), "upload with errors "+r.task(), func() error {
		return s.upload(r.spoiled(wrongPermits), models.BatchErrors)
	})
	s.on(onDay(r.period, 18, 9, 30), "upload "+r.task(), func() error { return s.upload(r.withRows(190), models.BatchClean) })
	s.submits(r.task(), r.period, 18)
	s.on(onDay(r.period, 20, 10, 0), "return "+r.task(), func() error {
		return s.move("office", r.task(), models.VerbReturn, filing.MoveInput{Reason: "缺少临清市本月核发的许可证，请补齐后重报。", Due: r.period.Last().AddDays(27)})
	})
	s.on(onDay(r.period, 20, 14, 0), "say "+r.task(), func() error {
		return s.say("liaison.zjj", r.task(), "临清市的数据已催报，预计 24 日前补齐。")
	})
	s.on(onDay(r.period, 20, 14, 40), "answer "+r.task(), func() error {
		return s.say("office", r.task(), "收到。补齐后请直接重新上传，不必再申请。")
	})
	s.files(r, 24)

	none := models.TaskCode("zjj-02", periods[2])
	s.on(onDay(periods[2], 12, 9, 0), "nil "+none, func() error {
		return s.nothing(none, "许可证系统升级，本月停止核发，经核对没有发证。")
	})
	s.goes(none, periods[2], 12)

	w := permits.in(periods[3])
	s.on(onDay(w.period, 19, 9, 40), "upload "+w.task(), func() error {
		return s.upload(w.spoiled(crossYear), models.BatchWarnings)
	})
	s.on(onDay(w.period, 19, 10, 0), "explain "+w.task(), func() error {
		return s.explain(w.task(), "许可证跨年换发，证号沿用上一年，已与原证核对。")
	})
	s.goes(w.task(), w.period, 19)

	s.files(permits.in(periods[4]), 28) // 逾期补报
}

// invest is the story of 固定资产投资项目: on time, late, corrected, and a period that is still missing.
func (s *story) invest(periods []models.Period) {
	s.files(invest.in(periods[0]).withRows(300), 20)
	s.files(invest.in(periods[1]).withRows(306), 29) // 逾期补报
	s.files(invest.in(periods[2]).withRows(310), 22)

	r := invest.in(periods[3]).withRows(316)
	s.files(r, 21)
	s.on(onDay(r.period, 30, 9, 0), "correct "+r.task(), func() error {
		return s.waive(r.task(), filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "两个项目的总投资误以元填报，需要更正。"}, true)
	})
	s.files(r.spoiled(func(sheet *rows.Sheet) { sheet.Set(4, "project_name", "徒骇示范新材料项目5（更正）") }), 32)
	missing := models.TaskCode("fgw-05", periods[4])
	s.on(onDay(periods[4], 24, 16, 0), "say "+missing, func() error {
		return s.say("office2", missing, "本期 25 日到期，请尽快报送；确有困难的，请在平台说明。")
	})
}

// estates is the story of 不动产登记: exempt, on time, returned and mended, on time, and a correction on its way.
func (s *story) estates(periods []models.Period) {
	exempt := models.TaskCode("zrzy-01", periods[0])
	s.on(onDay(periods[0], 5, 10, 0), "exempt "+exempt, func() error {
		return s.waive(exempt, filing.WaiverInput{Kind: models.WaiverExempt, Reason: "登记系统整体迁移，本期数据并入下期报送。"}, true)
	})
	s.files(estates.in(periods[1]), 15)

	r := estates.in(periods[2])
	s.on(onDay(r.period, 21, 9, 40), "upload "+r.task(), func() error { return s.upload(r.withRows(430), models.BatchClean) })
	s.submits(r.task(), r.period, 21)
	s.on(onDay(r.period, 23, 9, 0), "return "+r.task(), func() error {
		return s.move("office2", r.task(), models.VerbReturn, filing.MoveInput{Reason: "与上月相比缺少高唐县的登记，请核对。", Due: r.period.Last().AddDays(30)})
	})
	s.files(r, 27) // after the due day, within the correction due: on time
	s.files(estates.in(periods[3]), 14)
	s.files(estates.in(periods[4]), 17)
}

// today plans what waits for a newcomer: in the newest open period one task to file, one with errors, one to accept; of
// the period before a correction to sign; and a waiver for the second person of the Office.
func (s *story) today(periods []models.Period, now time.Time) {
	newest, before := periods[history-1], periods[history-2]
	at := s.lately(now, 12)

	errs := invest.in(newest).withRows(330).spoiled(wrongProjects)
	s.on(at(1), "upload with errors "+errs.task(), func() error { return s.upload(errs, models.BatchErrors) })
	filed := estates.in(newest)
	s.on(at(2), "upload "+filed.task(), func() error { return s.upload(filed, models.BatchClean) })
	s.on(at(3), "submit "+filed.task(), func() error { return s.move("liaison.zrzy", filed.task(), models.VerbSubmit, filing.MoveInput{}) })
	s.on(at(4), "sign "+filed.task(), func() error { return s.move("chief.zrzy", filed.task(), models.VerbSign, filing.MoveInput{}) })

	correction := estates.in(before).spoiled(func(sheet *rows.Sheet) { sheet.Set(2, "price", "865000.00") })
	s.on(at(5), "correct "+correction.task(), func() error {
		return s.waive(correction.task(), filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "一宗交易价款录入有误。"}, true)
	})
	s.on(at(6), "upload "+correction.task(), func() error { return s.upload(correction, models.BatchClean) })
	s.on(at(7), "submit "+correction.task(), func() error { return s.move("liaison.zrzy", correction.task(), models.VerbSubmit, filing.MoveInput{}) })

	first := models.TaskCode("zjj-02", periods[0])
	s.on(at(8), "propose "+first, func() error {
		return s.waive(first, filing.WaiverInput{Kind: models.WaiverCorrection, Reason: "审计指出两份许可证的监管账号有误，拟同意更正。"}, false)
	})
	open := models.TaskCode("zjj-02", newest)
	s.on(at(9), "say "+open, func() error {
		return s.say("office", open, "本期请注意：一证多种用途的，请按用途分行填写。")
	})
}

// wrongPermits puts the faults of an ordinary first upload into a register of permits.
func wrongPermits(sheet *rows.Sheet) {
	for i := range sheet.Rows {
		switch {
		case i%19 == 3:
			sheet.Set(i, "developer_uscc", swapLast(sheet.Get(i, "developer_uscc")))
		case i%37 == 5:
			sheet.Set(i, "issue_date", "2月30日")
		case i%53 == 7:
			sheet.Set(i, "region", "")
		}
	}
}

// wrongProjects does the same to a register of projects.
func wrongProjects(sheet *rows.Sheet) {
	for i := range sheet.Rows {
		switch {
		case i%11 == 2:
			sheet.Set(i, "builder_uscc", swapLast(sheet.Get(i, "builder_uscc")))
		case i%29 == 4:
			sheet.Set(i, "fund_own", sheet.Get(i, "total_invest")+"0")
		case i%41 == 6:
			sheet.Set(i, "stage", "快完工了")
		case i%67 == 9:
			sheet.Set(i, "approval_date", "2025.2.30")
		}
	}
}

// crossYear makes a few permits whose number is of the year before: true, and to be explained.
func crossYear(sheet *rows.Sheet) {
	for i := 0; i < 9; i += 4 {
		issued := sheet.Get(i, "issue_date")
		year := int(issued[3]-'0') + 10*int(issued[2]-'0')
		sheet.Set(i, "permit_no", fmt.Sprintf("聊房预售字〔20%02d〕%d号", year-1, 9001+i))
	}
}

// swapLast exchanges two neighbours of a code, the commonest slip of a hand that types.
func swapLast(code string) string {
	b := []byte(code)
	for i := len(b) - 2; i > 8; i-- {
		if b[i] != b[i-1] {
			b[i], b[i-1] = b[i-1], b[i]
			break
		}
	}
	return string(b)
}
