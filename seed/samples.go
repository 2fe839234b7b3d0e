package seed

import "fmt"

// Samples are rows of one template as a person types them, all invented: what a template is tried on, and what the demo
// is made from. Values stand under the codes of the fields, entries of code lists by their names.
type Samples struct {
	Good []map[string]string          `yaml:"good"` // clean together
	Bad  map[string]map[string]string `yaml:"bad"`  // by the code of a row rule: changes to the first good row that break it alone
}

// SamplesOf returns the samples of a template of the seed.
func SamplesOf(template string) (Samples, error) {
	var s Samples
	if _, err := read(files, "samples/"+template+".yaml", &s); err != nil {
		return s, fmt.Errorf("seed: %w", err)
	}
	return s, nil
}
