package killpoint_test

import (
	"slices"
	"strings"
	"testing"

	"taxportal/internal/killpoint"
)

func TestHere_DoesNothingInThePortalThatPeopleRun(t *testing.T) {
	for _, point := range killpoint.Points {
		t.Setenv(killpoint.Env, point)
		killpoint.Here(point) // a binary with the tag torture would not come back
	}
}

func TestPoints_AreNamedOnceAndTellTheirStage(t *testing.T) {
	seen := map[string]bool{}
	for _, point := range killpoint.Points {
		stage, _, ok := strings.Cut(point, ".")
		if seen[point] || !ok || !slices.Contains([]string{"upload", "check", "load", "accept"}, stage) {
			t.Errorf("point %q", point)
		}
		seen[point] = true
	}
}
