package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"taxportal/internal/cn"
	"taxportal/internal/models"
)

// templateCode is the template of the measured register and, as in the seed, the item that is filed with it.
const templateCode = "zjj-99"

// definition is a register of twelve typed columns: identifiers of a company and, sealed, of a person, two dates, two
// amounts, texts, a code list, whole numbers. Its contract number is the key by which duplicates are found.
func definition() models.Definition {
	field := func(code, name string, kind models.FieldType) models.Field {
		return models.Field{Code: code, Name: name, Type: kind, Caliber: "性能测试用，合成数据", Required: true}
	}
	key, company, person := field("contract_no", "合同编号", models.TypeText), field("uscc", "统一社会信用代码", models.TypeUSCC),
		field("owner_id", "公民身份号码", models.TypeIDCard)
	key.Key, company.Subject, person.Sensitive = true, true, true
	price, paid := field("price", "合同金额", models.TypeMoney), field("paid", "已付金额", models.TypeMoney)
	price.Unit, paid.Unit = "元", "元"
	use := field("house_use", "房屋用途", models.TypeCode)
	use.List = "house_use"
	return models.Definition{
		Code: templateCode, Name: "性能测试登记表", Version: 1, Coverage: models.CoverageIncrement,
		Caliber: "性能测试用，合成数据", Deadline: "每月 25 日前",
		Fields: []models.Field{
			key, company, field("company", "单位名称", models.TypeText), person,
			field("signed", "签订日期", models.TypeDate), field("ends", "交付日期", models.TypeDate), price, paid,
			use, field("address", "坐落", models.TypeAddress), field("floors", "层数", models.TypeInteger), field("homes", "套数", models.TypeInteger),
		},
		Lists: []models.CodeList{{Code: "house_use", Name: "房屋用途", Items: []models.CodeItem{
			{Code: "01", Name: "住宅"}, {Code: "02", Name: "商业"}, {Code: "03", Name: "办公"}, {Code: "04", Name: "车位"},
		}}},
	}
}

// titles are the heads of the columns.
func titles() []string {
	var out []string
	for _, f := range definition().Fields {
		out = append(out, f.Name)
	}
	return out
}

var (
	brands = []string{"水城", "光岳", "东昌", "运河", "凤凰"}
	uses   = []string{"住宅", "商业", "办公", "车位"}
)

// appendRow appends the cells of row i, all synthetic with valid check digits. Companies and persons recur, as they do
// in real registers.
func appendRow(cells []string, i int) []string {
	signed := cn.Date(2026, 1, 1).AddDate(0, 0, i%270)
	return append(cells,
		fmt.Sprintf("聊房合字%08d", i), cn.MakeUSCC("91", "371500", uint64(i%40_000)),
		"聊城"+brands[i%len(brands)]+"测试置业有限公司", cn.MakeID("371502", cn.Date(1960, 1, 1).AddDate(0, 0, i%15_000), i%1000),
		signed.Format("2006-01-02"), signed.AddDate(2, 0, 0).Format("2006-01-02"),
		fmt.Sprintf("%d.%02d", 300_000+i%1_700_000, i%100), fmt.Sprintf("%d.%02d", 100_000+i%200_000, i%97),
		uses[i%len(uses)], fmt.Sprintf("东昌府区测试路%d号", i%900+1), strconv.Itoa(i%33+1), strconv.Itoa(i%260+1),
	)
}

// writeCSV writes a register of so many rows as an old system exports it: UTF-8 without a mark, CRLF.
func writeCSV(path string, rows int) error {
	return writeFile(path, func(w io.Writer) error {
		out := bufio.NewWriterSize(w, 1<<20)
		fmt.Fprintf(out, "%s\r\n", strings.Join(titles(), ","))
		cells := make([]string, 0, len(titles()))
		for i := range rows {
			cells = appendRow(cells[:0], i)
			out.WriteString(strings.Join(cells, ",")) // no cell needs quotes
			out.WriteString("\r\n")
		}
		return out.Flush() // reports the first error of all writes
	})
}

// writeXLSX writes the same register as a workbook: amounts and whole numbers as numbers, everything else as text, as
// a filled-in workbook of the portal has it.
func writeXLSX(path string, rows int) (err error) {
	f := excelize.NewFile()
	defer f.Close()
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	fields := definition().Fields
	line := make([]any, len(fields))
	cells := titles()
	for i := -1; i < rows; i++ {
		if i >= 0 {
			cells = appendRow(cells[:0], i)
		}
		for k, text := range cells {
			line[k] = text
			if n, err := strconv.ParseFloat(text, 64); err == nil && fields[k].Numeric() {
				line[k] = n
			}
		}
		if err := stream.SetRow("A"+strconv.Itoa(i+2), line); err != nil {
			return fmt.Errorf("write row %d: %w", i+2, err)
		}
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("make workbook: %w", err)
	}
	return writeFile(path, func(w io.Writer) error { return f.Write(w) })
}

// writeFile makes a file and reports the first error of writing and closing it.
func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	err = write(file)
	if closing := file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
