package models

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The 期限 of a template is text that units read and print; when their filings fall due follows from the catalogue items.
// What follows here writes the one from the other, and holds what people have written against it.

// dueRule is when filings of an item fall due: after each period of a cycle, so many days behind its end.
type dueRule struct {
	cycle Cycle // "" in a text that names none
	days  int   // 0 in a text that names none
}

func ruleOfItem(item CatalogueItem) dueRule { return dueRule{item.Cycle, item.DueDays} }

// DeadlineText proposes the 期限 of a template that serves the items: 按月报送，次月 25 日 17:00 前，遇休息日顺延。 Items that fall
// due otherwise than others are named.
func DeadlineText(items []CatalogueItem, hour DueHour) string {
	rules, of := dueRules(items)
	switch len(rules) {
	case 0:
		return ""
	case 1:
		text := rules[0].full(hour) + "，遇休息日顺延"
		if rules[0].cycle == CycleEvent {
			text += "；当月没有发生的办理零报送"
		}
		return text + "。"
	}
	parts := make([]string, len(rules))
	for i, r := range rules {
		parts[i] = itemCodes(of[r]) + " " + r.full(hour)
	}
	return strings.Join(parts, "；") + "；均遇休息日顺延。"
}

// dueRules returns the rules of the items, each once and in their order, and whose they are.
func dueRules(items []CatalogueItem) (rules []dueRule, of map[dueRule][]CatalogueItem) {
	of = map[dueRule][]CatalogueItem{}
	for _, item := range items {
		r := ruleOfItem(item)
		if of[r] == nil {
			rules = append(rules, r)
		}
		of[r] = append(of[r], item)
	}
	return rules, of
}

func itemCodes(items []CatalogueItem) string {
	codes := make([]string, len(items))
	for i, item := range items {
		codes[i] = ItemCode(item.Code)
	}
	return strings.Join(codes, "、")
}

// cycleWords say how often items of a cycle are filed, and from when their days are counted.
var cycleWords = map[Cycle]struct{ often, after string }{
	CycleMonth: {"按月报送", "次月"}, CycleEvent: {"随发生按月报送", "次月"}, CycleQuarter: {"按季报送", "季后"}, CycleHalf: {"按半年报送", "半年后"},
	CycleYear: {"按年报送", "年后"}, CycleOnce: {"一次性报送", "开放后"},
}

// longestMonth is the last day that every month may have but the shortest: beyond it days are counted and not named.
const longestMonth = 30

// full says a rule with its hour.
func (r dueRule) full(hour DueHour) string {
	if r.days > longestMonth {
		return r.short() + "内，截止日 " + hour.String() + " 前"
	}
	return r.short() + " " + hour.String() + " 前"
}

// short says a rule: 按月报送，次月 25 日. What a text leaves out is left out.
func (r dueRule) short() string {
	words, days := cycleWords[r.cycle], ""
	if r.days > 0 {
		after := words.after
		if after == "" {
			after = "期满后"
		} else if after == "次月" && r.days > longestMonth {
			after = "月后"
		}
		days = fmt.Sprintf("%s %d 日", after, r.days)
	}
	return strings.Trim(words.often+"，"+days, "，")
}

// DeadlineFault says in what a template's 期限 departs from the items that it serves, "" if in nothing: it has to name the
// cycle and the due day of each, and no others.
func DeadlineFault(text string, items []CatalogueItem, hour DueHour) string {
	if fault := DeadlineOmits(text, items, hour); fault != "" || len(items) == 0 {
		return fault
	}
	rules, _ := dueRules(items)
	for _, r := range statedRules(text) {
		if !slices.Contains(rules, r) {
			return fmt.Sprintf("期限中写有“%s”，没有目录项这样报送；目录项 %s 为“%s”。", r.short(), itemCodes(items), shortRules(rules))
		}
	}
	return ""
}

// DeadlineOmits says in what a template's 期限 is wrong for the items, which may be some of those that it serves; "" if in
// nothing.
func DeadlineOmits(text string, items []CatalogueItem, hour DueHour) string {
	stated := statedRules(text)
	rules, of := dueRules(items)
	for _, r := range rules {
		if slices.Contains(stated, r) {
			continue
		}
		said := "期限没有写明报送周期和截止日"
		if len(stated) > 0 {
			said = "期限写的是“" + shortRules(stated) + "”"
		}
		return fmt.Sprintf("%s，目录项 %s 为“%s”。", said, itemCodes(of[r]), r.short())
	}
	if len(items) == 0 {
		return ""
	}
	for _, m := range hourWords.FindAllStringSubmatch(text, -1) {
		if said := strings.TrimLeft(m[1], "0") + ":" + m[2]; said != strings.TrimLeft(hour.String(), "0") {
			return fmt.Sprintf("期限写的是 %s，平台在截止日 %s 截止。", said, hour)
		}
	}
	if strings.Contains(text, "不顺延") {
		return "期限写的是不顺延，平台的截止日遇休息日顺延。"
	}
	for _, m := range lockWords.FindAllStringSubmatch(text, -1) {
		days, _ := strconv.Atoi(m[1])
		if at := slices.IndexFunc(items, func(item CatalogueItem) bool { return item.LockDays != days }); at >= 0 {
			return fmt.Sprintf("期限写的是截止后 %d 日锁定，目录项 %s 为 %d 日。", days, ItemCode(items[at].Code), items[at].LockDays)
		}
	}
	return ""
}

func shortRules(rules []dueRule) string {
	words := make([]string, len(rules))
	for i, r := range rules {
		words[i] = r.short()
	}
	return strings.Join(words, "；")
}

// What people write in a 期限: how often (but not 年末 or 月底, which are days), behind which end which day, the hour, the lock.
var (
	oftenWords = regexp.MustCompile(`(随发生[，、]?)?(?:按|每|逐)个?(半年|月|季|年)度?([末初底]?)|一次性`)
	afterWords = regexp.MustCompile(`(次月|次年|月度?(?:终了)?后|季度?(?:终了)?后|半年度?(?:终了)?后|年度?(?:终了)?后|期[满末]后|开放后)的?第?\s*(\d{1,3})\s*日`)
	hourWords  = regexp.MustCompile(`(\d{1,2})\s*[:：]\s*(\d{2})`)
	lockWords  = regexp.MustCompile(`(?:截止|逾期|期限)(?:日|后)*第?\s*(\d{1,3})\s*[日天][^，；。\d]{0,4}锁定`)
)

// statedRules returns the rules that a 期限 states, each once. A rule without the one or the other half is not whole.
func statedRules(text string) []dueRule {
	var cycles []Cycle
	var from []int
	for _, m := range oftenWords.FindAllStringSubmatchIndex(text, -1) {
		if m[6] >= 0 && m[6] < m[7] { // 每年末
			continue
		}
		cycles, from = append(cycles, statedCycle(text, m)), append(from, m[0])
	}
	if len(cycles) <= 1 {
		cycles, from = append(cycles, "")[:1], []int{0}
	}
	var rules []dueRule
	for i, cycle := range cycles {
		part := text[from[i]:]
		if i+1 < len(cycles) {
			part = text[from[i]:from[i+1]]
		}
		r := dueRule{cycle, statedDays(part, cycle)}
		if r != (dueRule{}) && !slices.Contains(rules, r) {
			rules = append(rules, r)
		}
	}
	return slices.DeleteFunc(rules, func(r dueRule) bool { // a cycle that is named once more
		return r.days == 0 && slices.ContainsFunc(rules, func(o dueRule) bool { return o.cycle == r.cycle && o.days > 0 })
	})
}

// statedCycle is the cycle that a match of oftenWords names.
func statedCycle(text string, m []int) Cycle {
	if m[4] < 0 {
		return CycleOnce
	}
	switch text[m[4]:m[5]] {
	case "季":
		return CycleQuarter
	case "半年":
		return CycleHalf
	case "年":
		return CycleYear
	}
	if m[2] >= 0 {
		return CycleEvent
	}
	return CycleMonth
}

// statedDays is the due day that a part of a 期限 names for a cycle, 0 if it names none that fits: 季后 fits no month, while
// 次月 follows the end of every period.
func statedDays(part string, cycle Cycle) int {
	ends := map[string]Cycle{"季": CycleQuarter, "半": CycleHalf, "年": CycleYear}
	for _, m := range afterWords.FindAllStringSubmatch(part, -1) {
		first := string([]rune(m[1])[:1])
		if of, one := ends[first]; one && of != cycle && cycle != "" {
			continue
		}
		days, _ := strconv.Atoi(m[2])
		return days
	}
	return 0
}
