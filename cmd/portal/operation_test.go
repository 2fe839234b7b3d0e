package main

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestOperationDocs_NameEverySettingAndCommand holds docs/operation.md against the settings and the commands, both ways.
func TestOperationDocs_NameEverySettingAndCommand(t *testing.T) {
	text, err := os.ReadFile("../../docs/operation.md")
	if err != nil {
		t.Fatal(err)
	}
	variables := []string{}
	kind := reflect.TypeFor[settings]()
	for i := range kind.NumField() {
		if name := kind.Field(i).Tag.Get("env"); name != "-" {
			variables = append(variables, "PORTAL_"+name)
		}
	}
	for _, name := range variables {
		if !strings.Contains(string(text), "| `"+name+"` |") {
			t.Errorf("%s has no row", name)
		}
	}
	for _, name := range regexp.MustCompile(`PORTAL_[A-Z_]+`).FindAllString(string(text), -1) {
		if !slices.Contains(variables, name) {
			t.Errorf("%s is no setting", name)
		}
	}
	root, err := newRoot()
	if err != nil {
		t.Fatal(err)
	}
	eachCommand(root, func(cmd *cobra.Command) {
		if cmd == root || cmd.Hidden || cmd.Name() == "completion" {
			return
		}
		if path := cmd.CommandPath(); !strings.Contains(string(text), path) && !strings.Contains(string(text), "`"+cmd.Name()+"`") {
			t.Errorf("%s is not named", path)
		}
	})
	for _, path := range regexp.MustCompile("`portal ([a-z]+)").FindAllStringSubmatch(string(text), -1) {
		if _, _, err := root.Find(path[1:2]); err != nil {
			t.Errorf("portal %s is no command", path[1])
		}
	}
}
