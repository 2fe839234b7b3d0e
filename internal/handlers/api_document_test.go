package handlers_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"taxportal/internal/handlers"
	"taxportal/internal/models"
	"taxportal/internal/paths"
)

// TestOpenAPI_describesEveryRouteAndNoOther holds the description against the route table, both ways.
func TestOpenAPI_describesEveryRouteAndNoOther(t *testing.T) {
	doc := readDescription(t)
	var routes, described []string
	for _, r := range (&handlers.App{}).Routes() {
		if strings.HasPrefix(r.Path, paths.API+"/") || r.Path == paths.TemplateSchema {
			parts := strings.Split(r.Path, "/")
			for i, part := range parts {
				if name, ok := strings.CutPrefix(part, ":"); ok {
					parts[i] = "{" + name + "}"
				}
			}
			routes = append(routes, r.Method+" "+strings.Join(parts, "/"))
		}
	}
	ids := map[string]bool{}
	for path, item := range doc.root["paths"].(map[string]any) {
		for method, operation := range item.(map[string]any) {
			described = append(described, strings.ToUpper(method)+" "+path)
			id, _ := doc.at(operation, "operationId").(string)
			if id == "" || ids[id] || doc.at(operation, "summary") == nil || doc.at(operation, "description") == nil {
				t.Errorf("%s %s: id %q is missing or stands twice, or words are missing", method, path, id)
			}
			ids[id] = true
			doc.namesItsParameters(t, path, operation)
		}
	}
	slices.Sort(routes)
	slices.Sort(described)
	if !slices.Equal(routes, described) {
		t.Errorf("routes    %q\ndescribed %q", routes, described)
	}
}

// namesItsParameters holds that what stands in braces in a path is what the operation says of the path.
func (d *description) namesItsParameters(t *testing.T, path string, operation any) {
	t.Helper()
	inPath := []string{}
	for part := range strings.SplitSeq(path, "/") {
		if strings.HasPrefix(part, "{") {
			inPath = append(inPath, strings.Trim(part, "{}"))
		}
	}
	named := []string{}
	list, _ := d.at(operation, "parameters").([]any)
	for _, p := range list {
		if d.at(p, "in") == "path" {
			named = append(named, d.at(p, "name").(string))
			if d.at(p, "required") != true {
				t.Errorf("%s: %v is not required", path, d.at(p, "name"))
			}
		}
		if d.at(p, "description") == nil || d.at(p, "schema") == nil {
			t.Errorf("%s: %v says nothing", path, d.at(p, "name"))
		}
	}
	if !slices.Equal(inPath, named) {
		t.Errorf("%s: names %q, says of %q", path, inPath, named)
	}
}

// TestOpenAPI_holdsTogether follows every reference, and misses no part that nothing refers to.
func TestOpenAPI_holdsTogether(t *testing.T) {
	doc := readDescription(t)
	used := map[string]bool{}
	var walk func(at any)
	walk = func(at any) {
		switch v := at.(type) {
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				if doc.at(v) == nil {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for _, child := range v {
				walk(child)
			}
		case []any:
			for _, child := range v {
				walk(child)
			}
		}
	}
	walk(doc.root)
	for kind, parts := range doc.root["components"].(map[string]any) {
		for name := range parts.(map[string]any) {
			if kind != "securitySchemes" && !used["#/components/"+kind+"/"+name] {
				t.Errorf("nothing refers to %s %s", kind, name)
			}
		}
	}
	if doc.root["openapi"] != "3.1.0" {
		t.Errorf("openapi %v", doc.root["openapi"])
	}
}

// TestOpenAPI_namesTheStatesThatThereAre holds the enumerations against the models they stand for.
func TestOpenAPI_namesTheStatesThatThereAre(t *testing.T) {
	doc := readDescription(t)
	var standings, batches, states []string
	for _, s := range models.Standings {
		standings = append(standings, string(s))
	}
	for _, s := range models.FilingFlow.States {
		states = append(states, string(s.State))
	}
	enum := func(keys ...string) (list []string) {
		for _, v := range doc.at(doc.root, append([]string{"components", "schemas"}, keys...)...).([]any) {
			list = append(list, fmt.Sprint(v))
		}
		return list
	}
	if got := enum("Task", "properties", "state", "enum"); !slices.Equal(got, standings) {
		t.Errorf("states of tasks %q, want %q", got, standings)
	}
	if batches = enum("BatchState", "enum"); !slices.Equal(batches, states) {
		t.Errorf("states of batches %q, want %q", batches, states)
	}
	for _, s := range models.FilingFlow.States {
		if words := string(s.State) + " " + s.Label; !strings.Contains(doc.at(doc.root, "components", "schemas", "BatchState", "description").(string), words) {
			t.Errorf("no %q", words)
		}
	}
}

// TestAPI_leavesSigningAndAcceptingToPeople holds that a program changes only by uploading and submitting.
func TestAPI_leavesSigningAndAcceptingToPeople(t *testing.T) {
	var changing []string
	for _, r := range (&handlers.App{}).Routes() {
		if strings.HasPrefix(r.Path, paths.API+"/") && r.Method != http.MethodGet {
			changing = append(changing, r.Object+":"+r.Action)
		}
	}
	if !slices.Equal(changing, []string{"filing:upload", "filing:submit"}) {
		t.Errorf("a program may %q", changing)
	}
}
