package seed

import (
	"bytes"
	_ "embed"
	"fmt"

	"go.yaml.in/yaml/v3"

	"taxportal/internal/cn"
)

//go:embed calendar.yaml
var calendarText []byte

// Calendar returns the working calendar of the years that are known, and what the law fixes for the next one.
func Calendar() (cn.CalendarFile, error) {
	var file cn.CalendarFile
	decoder := yaml.NewDecoder(bytes.NewReader(calendarText))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return file, fmt.Errorf("calendar.yaml: %w", err)
	}
	return file, nil
}
