package seed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"taxportal/internal/fault"
	"taxportal/internal/models"
)

// document is a decoded file whose places can be looked up, so that an error can name its line.
type document struct {
	name string
	text []byte
}

// decode reads one YAML document into value. A key that value does not know, a repeated key and a second document are
// errors, which name the line.
func decode(text []byte, value any) error {
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(value); err != nil {
		return err
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return errors.New("only one document is allowed in a file")
	}
	return nil
}

// read decodes a file of the seed and keeps the places of its values.
func read(fsys fs.FS, name string, value any) (*document, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if err := decode(text, value); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &document{name: name, text: text}, nil
}

// line returns the line of the place that a dotted path names (units.3.code), or of the nearest place above it.
func (d *document) line(path string) int {
	node := &yaml.Node{}
	if err := yaml.Unmarshal(d.text, node); err != nil {
		return 0 // decode has taken it
	}
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		node = node.Content[0]
	}
	line := node.Line
	for step := range strings.SplitSeq(path, ".") {
		node = child(node, step)
		if node == nil {
			return line
		}
		line = node.Line
	}
	return line
}

func child(node *yaml.Node, step string) *yaml.Node {
	switch node.Kind {
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i]
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i+1]
			}
		}
	}
	return nil
}

// placed is an error that still lacks its place.
type placed struct {
	doc     *document
	message string
}

func (d *document) errorf(format string, args ...any) placed {
	return placed{d, fmt.Sprintf(format, args...)}
}

// at completes the error with file and line of the path.
func (p placed) at(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.doc.name, p.doc.line(fmt.Sprintf(format, args...)), p.message)
}

// definitionError validates a template and turns every complaint into a line of its own.
func definitionError(doc *document, def models.Definition) error {
	err := def.Validate()
	if err == nil {
		return nil
	}
	fields, ok := fault.Fields(err)
	if !ok {
		return fmt.Errorf("%s: %w", doc.name, err)
	}
	var all []error
	for _, path := range sortedKeys(fields) {
		all = append(all, doc.errorf("%s: %s", path, fields[path]).at("%s", path))
	}
	return errors.Join(all...)
}
