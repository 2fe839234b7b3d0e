package handlers

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestProblems_areThoseThatTheDescriptionNames holds that no program meets a type that it could not know.
func TestProblems_areThoseThatTheDescriptionNames(t *testing.T) {
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct{ Enum []string }
			}
		}
	}
	if err := json.Unmarshal(openAPI, &doc); err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, text := range doc.Components.Schemas["Problem"].Properties["type"].Enum {
		named = append(named, strings.TrimPrefix(text, problemType))
	}
	slices.Sort(named)
	known := slices.Sorted(maps.Keys(problemTitles))
	if !slices.Equal(named, known) {
		t.Errorf("described %q\nknown     %q", named, known)
	}
	for status, code := range statusCodes {
		if problemTitles[code] == "" {
			t.Errorf("%d is called %s, which has no title", status, code)
		}
	}
}
