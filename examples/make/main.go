// Command make writes the example files of the folder above, and files of as many rows as are wanted:
//
//	go run ./examples/make -all examples
//	go run ./examples/make -rows 1000000 -out million.csv
//	go run ./examples/make -rows 200000 -out many.xlsx -template fgw-05
//
// Everything in them is invented, and the same for ever: no clock and no chance is asked.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "make:", err)
		}
		os.Exit(1)
	}
}

// run does what the command line asks for.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("make", flag.ContinueOnError)
	all := flags.String("all", "", "write every example into this `folder`")
	rows := flags.Int("rows", 0, "write a file of this many rows, up to a million")
	file := flags.String("out", "", "the `file` for -rows; ending in .xlsx it is a workbook, else CSV")
	workbook := flags.Bool("xlsx", false, "write a workbook whatever the file's name")
	code := flags.String("template", "zrzy-01", "the template of the rows: zjj-02, fgw-05 or zrzy-01")
	if err := flags.Parse(args); err != nil {
		return err
	}
	m, err := newMaker()
	if err != nil {
		return err
	}
	switch {
	case *all != "" && *rows == 0 && *file == "":
		if err := m.writeAll(*all); err != nil {
			return err
		}
		fmt.Fprintf(out, "%d files in %s\n", len(examples), *all)
		return nil
	case *all == "" && *rows != 0 && *file != "":
		return m.writeFile(out, *file, *code, *rows, *workbook)
	}
	flags.Usage()
	return errors.New("give -all FOLDER, or -rows N and -out FILE")
}

// writeFile writes a file of many rows; a file that could not be finished is removed.
func (m maker) writeFile(out io.Writer, path, code string, rows int, workbook bool) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(m.write(f, path, code, rows, workbook), f.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %d rows of %s, %.1f MB\n", path, rows, code, float64(info.Size())/(1<<20))
	return nil
}
