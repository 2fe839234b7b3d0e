package components

// Family is one of the six families of states. It decides colour and default icon, never the word.
type Family string

// The families. There is no seventh: what is late or wrong is FamilyLate and nothing else is red.
const (
	FamilyOK   Family = "ok"   // done, in force, on time
	FamilyRun  Family = "run"  // under way
	FamilyDue  Family = "due"  // soon due, a warning
	FamilyLate Family = "late" // late or wrong
	FamilyHold Family = "hold" // the clock stands still
	FamilyOff  Family = "off"  // not open, not in use, does not apply
)

// class returns the CSS class of the family; an unknown one looks like FamilyOff.
func (f Family) class() string {
	if _, ok := familyIcons[f]; ok {
		return "is-" + string(f)
	}
	return "is-off"
}

// icon returns the icon of the family, for a badge that brings none of its own.
func (f Family) icon() IconName {
	if icon, ok := familyIcons[f]; ok {
		return icon
	}
	return IconCircleDashed
}

// clockIcon returns the icon of a clock of the family.
func (f Family) clockIcon() IconName {
	switch f {
	case FamilyDue:
		return IconClockExclamation
	case FamilyLate:
		return IconAlertOctagon
	case FamilyHold:
		return IconClockPause
	default:
		return IconClock
	}
}

var familyIcons = map[Family]IconName{
	FamilyOK:   IconCircleCheck,
	FamilyRun:  IconProgress,
	FamilyDue:  IconClockExclamation,
	FamilyLate: IconAlertOctagon,
	FamilyHold: IconPlayerPause,
	FamilyOff:  IconCircleDashed,
}

// Badge is the state of one object: icon, word and colour together.
type Badge struct {
	Family Family
	Icon   IconName // empty: the icon of the family
	Word   string   // a badge without a word is not shown
}

func (b Badge) icon() IconName {
	if b.Icon != "" {
		return b.Icon
	}
	return b.Family.icon()
}
