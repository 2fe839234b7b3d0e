package filing

import (
	"fmt"

	"taxportal/internal/models"
)

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// cnDay returns a moment's day as look.md writes it near now: 11月25日（周三）.
func cnDay(at models.Instant) string {
	t := at.Time()
	return fmt.Sprintf("%d月%d日（%s）", int(t.Month()), t.Day(), weekdays[t.Weekday()])
}

// cnDue returns a due moment: 11月25日（周三）17:00.
func cnDue(at models.Instant) string {
	if at == 0 {
		return ""
	}
	return cnDay(at) + at.Time().Format("15:04")
}
