// Command sprite writes icons.svg, the sprite of the Tabler outline icons that the portal uses.
//
// It is run by hand when an icon is added, from the root of the module, with the outline folder of an
// unpacked @tabler/icons package; icons.svg is committed:
//
//	go run ./web/static/sprite -from DIR/icons/outline calendar building
//
// The sprite keeps the icons that it has and gains the named ones. Each new icon also needs its constant in
// web/views/components/icons.go; a test compares the two.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	from := flag.String("from", "", "folder icons/outline of an unpacked @tabler/icons package")
	sprite := flag.String("sprite", "web/static/icons.svg", "the sprite to rewrite")
	flag.Parse()
	if err := run(*from, *sprite, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "sprite:", err)
		os.Exit(1)
	}
}

var (
	symbolID = regexp.MustCompile(`<symbol id="([a-z0-9-]+)"`)
	shape    = regexp.MustCompile(`<(?:path|circle|line|rect|polyline)[^>]*/>`)
	space    = regexp.MustCompile(`\s+`)
)

// run rewrites the sprite with the icons it holds and those in names, sorted.
func run(from, sprite string, names []string) error {
	old, err := os.ReadFile(sprite)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	for _, m := range symbolID.FindAllStringSubmatch(string(old), -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	names = slices.Compact(names)

	var out strings.Builder
	out.WriteString("<svg xmlns=\"http://www.w3.org/2000/svg\">\n")
	for _, name := range names {
		shapes, err := read(filepath.Join(from, name+".svg"))
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "<symbol id=%q viewBox=\"0 0 24 24\">%s</symbol>\n", name, shapes)
	}
	out.WriteString("</svg>\n")
	return os.WriteFile(sprite, []byte(out.String()), 0o644)
}

// read returns the drawing of one icon without its frame and without the empty bounding box that Tabler adds.
// Stroke and fill come from the class of the element that uses the symbol.
func read(path string) (string, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var shapes []string
	for _, s := range shape.FindAllString(string(source), -1) {
		if !strings.Contains(s, `d="M0 0h24v24H0z"`) {
			shapes = append(shapes, space.ReplaceAllString(s, " "))
		}
	}
	if len(shapes) == 0 {
		return "", fmt.Errorf("%s: no shapes", path)
	}
	return strings.Join(shapes, ""), nil
}
