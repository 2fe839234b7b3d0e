package models

import "slices"

// fieldTypes are the known types in the order in which people choose among them. How a type is called stands with its
// rules in internal/ingest (TypeTitle).
var fieldTypes = []FieldType{
	TypeText, TypeInteger, TypeDecimal, TypeMoney, TypeDate, TypeMonth, TypeYear, TypeTime, TypeBool, TypeCode,
	TypeUSCC, TypeLegacy, TypeIDCard, TypePassport, TypeTaxpayer, TypePerson, TypePhone, TypeAccount,
	TypeRegion, TypeAddress, TypePoint, TypePlate, TypeVIN, TypeEstate, TypeAttachment,
}

// FieldTypes returns all field types in the order in which people choose among them.
func FieldTypes() []FieldType { return slices.Clone(fieldTypes) }

// Known reports whether t is one of FieldTypes.
func (t FieldType) Known() bool { return slices.Contains(fieldTypes, t) }
