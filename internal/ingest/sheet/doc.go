// Package sheet reads an uploaded file as rows of cells: the reading half of ingest.
//
// Open recognises a file by its bytes, never by its name, and refuses what it cannot read with a *Refusal: a stable
// code and a Chinese sentence that says what to do in WPS or Excel. Rows then streams one sheet in constant memory and
// may be asked for again, for a second pass. What the cells mean (header, types, rules) is not decided here.
//
// Three kinds of file are read:
//
//   - workbooks (.xlsx, ISO/IEC 29500 transitional and strict), by a scanner of our own over the unpacked XML, because
//     the general readers are five to ten times slower (DESIGN §8);
//   - text tables (.csv, .tsv and whatever else separates its columns), in UTF-8, UTF-16 and GB18030;
//   - JSON lines (.ndjson), as the programs of units send them: an object a line, its names standing for columns.
//
// Promises to the caller, whatever the bytes: no panic; no reading beyond Limits; the text of a cell is valid UTF-8
// without NUL; rows come in ascending order; a row without any content is not delivered.
package sheet
