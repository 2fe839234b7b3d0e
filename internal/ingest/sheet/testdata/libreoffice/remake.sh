#!/usr/bin/env bash
# Makes the workbooks of this folder anew from the sources beside them. Wants LibreOffice Calc; see README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# save SOURCE FILTER TARGET [IMPORT-FILTER]: opens SOURCE and saves it as TARGET.
save() {
	local out=$profile/out
	mkdir -p "$out"
	soffice "-env:UserInstallation=file://$profile/settings" --headless ${4:+--infilter="$4"} \
		--convert-to "${3##*.}:$2" --outdir "$out" "$1" >/dev/null
	mv "$out"/* "$3"
}

xlsx='Calc MS Excel 2007 XML'
for source in *.fods; do
	save "$source" "$xlsx" "${source%.fods}.xlsx"
done
save export.csv "$xlsx" export.xlsx 'Text - txt - csv (StarCalc):44,34,76,1,,2052,false,true' # comma, UTF-8, numbers detected
save web-table.html "$xlsx" web-table.xlsx 'HTML (StarCalc)'
save dates.fods 'Calc Office Open XML' dates-iso.xlsx
save dates.fods 'MS Excel 97' dates.xls
save dates.xls "$xlsx" dates-through-xls.xlsx
rm dates.xls

save titles.fods 'calc8' refused/titles.ods
save titles.fods 'MS Excel 97' refused/titles.xls
save titles.fods 'MS Excel 2003 XML' refused/titles.xml
save titles.fods 'HTML (StarCalc)' refused/titles.html
save titles.fods 'Calc MS Excel 2007 VBA XML' refused/titles.xlsm
