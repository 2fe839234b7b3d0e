package main

import (
	"fmt"
	"os"
	"path/filepath"

	"taxportal/internal/models"
	"taxportal/seed"
)

// example is one committed file.
type example struct {
	name string
	make func(maker) ([]byte, error)
}

// examples are all committed files. What each is about, and what the portal must say of it, stands in ../README.md.
var examples = []example{
	{"01-wps-monthly.xlsx", maker.wpsMonthly},
	{"02-old-system-gb18030.csv", maker.oldSystem},
	{"03-accounts-as-numbers.xlsx", maker.accountsAsNumbers},
	{"04-identity-numbers-spoilt.csv", maker.identitySpoilt},
	{"05-wide-register.xlsx", maker.wideRegister},
	{"06-header-only.xlsx", maker.headerOnly},
	{"07-error-in-every-row.xlsx", maker.errorInEveryRow},
	{"08-unicode-text.txt", maker.unicodeText},
	{"09-dates.xlsx", maker.dates},
	{"10-duplicates-1.csv", maker.duplicatesFirst},
	{"10-duplicates-2.csv", maker.duplicatesSecond},
	{"11-web-page.xls", maker.webPage},
	{"12-password.xlsx", maker.password},
	{"13-hidden-formulas-1904.xlsx", maker.hiddenFormulas},
	{"14-portal-workbook.xlsx", maker.portalWorkbook},
	{"15-warnings.csv", maker.warnings},
	{"16-excel-97.xls", maker.excel97},
	{"17-columns-missing.csv", maker.columnsMissing},
	{"18-other-unit.xlsx", maker.otherUnit},
}

// maker makes the examples from the templates of the seed.
type maker struct{ permits, projects, estates models.Definition }

// newMaker reads the templates.
func newMaker() (maker, error) {
	plan, err := seed.Load()
	if err != nil {
		return maker{}, err
	}
	var m maker
	for code, to := range map[string]*models.Definition{"zjj-02": &m.permits, "fgw-05": &m.projects, "zrzy-01": &m.estates} {
		def, ok := plan.Template(code)
		if !ok {
			return maker{}, fmt.Errorf("the seed has no template %s", code)
		}
		*to = def
	}
	return m, nil
}

// template returns the template with the code.
func (m maker) template(code string) (models.Definition, error) {
	for _, def := range []models.Definition{m.permits, m.projects, m.estates} {
		if def.Code == code {
			return def, nil
		}
	}
	return models.Definition{}, fmt.Errorf("no rows for template %q: zjj-02, fgw-05 or zrzy-01", code)
}

// writeAll writes every example into a folder.
func (m maker) writeAll(dir string) error {
	for _, e := range examples {
		content, err := e.make(m)
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, e.name), content, 0o644); err != nil {
			return fmt.Errorf("write example: %w", err)
		}
	}
	return nil
}
