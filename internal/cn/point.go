package cn

import "strings"

// Point is a place in millionths of a degree (about 0.1 m).
type Point struct{ Lon, Lat int64 }

// The frames a coordinate is judged by, in millionths of a degree: China, and Liaocheng with a margin.
var (
	frameChina     = frame{73_000_000, 136_000_000, 3_000_000, 54_000_000}
	frameLiaocheng = frame{115_100_000, 116_700_000, 35_600_000, 37_200_000}
)

type frame struct{ west, east, south, north int64 }

func (f frame) holds(p Point) bool {
	return p.Lon >= f.west && p.Lon <= f.east && p.Lat >= f.south && p.Lat <= f.north
}

// normalisePoint makes 'longitude,latitude' of the two numbers, whatever stands around and between them.
func normalisePoint(raw string) string {
	var b strings.Builder
	pending := false
	for _, r := range raw {
		r = fold(r)
		switch {
		case r == drop || strings.ContainsRune("()[]", r) || b.Len() == 0 && apostrophe(r):
			continue
		case blank(r) || strings.ContainsRune(",、;|/", r):
			pending = b.Len() > 0
			continue
		}
		if pending {
			b.WriteByte(',')
			pending = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// ParsePoint reads a normalised 'longitude,latitude' in decimal degrees, of which digits beyond the sixth are cut.
func ParsePoint(v string) (Point, *Problem) {
	const hint = "请按“经度,纬度”填写十进制度数，如 115.985371,36.456013"
	if strings.ContainsAny(v, "°′″'\"度分秒NSEW") {
		return Point{}, &Problem{Rule: RuleForm, Severity: Error, Message: "经纬度写成了度分秒", Hint: hint}
	}
	lon, lat, ok := strings.Cut(v, ",")
	if !ok || strings.Contains(lat, ",") {
		return Point{}, &Problem{Rule: RuleForm, Severity: Error, Message: "应为经度和纬度两个数", Hint: hint}
	}
	x, okX := micro(lon)
	y, okY := micro(lat)
	if !okX || !okY {
		return Point{}, &Problem{Rule: RuleForm, Severity: Error, Message: "经度或纬度不是数字", Hint: hint}
	}
	return Point{Lon: x, Lat: y}, nil
}

func micro(s string) (int64, bool) {
	d, problem := ParseDecimal(s)
	if problem != nil {
		return 0, false
	}
	return d.truncate(6)
}

// CheckPoint looks at a normalised 'longitude,latitude': outside of China is an error, outside of Liaocheng a warning.
// Where the two were exchanged, the right order is proposed.
func CheckPoint(v string) []Problem {
	p, problem := ParsePoint(v)
	if problem != nil {
		return one(*problem)
	}
	const hint = "请核对经纬度，经度在前、纬度在后"
	if !frameChina.holds(p) {
		out := Problem{Rule: RuleRange, Severity: Error, Message: "不在中国境内", Hint: hint}
		if (frameChina.holds(Point{Lon: p.Lat, Lat: p.Lon})) {
			lon, lat, _ := strings.Cut(v, ",")
			out.Message, out.Suggest = "经度和纬度的顺序颠倒", lat+","+lon
		}
		return one(out)
	}
	if !frameLiaocheng.holds(p) {
		return one(Problem{Rule: RuleRange, Severity: Warning, Message: "不在聊城市境内", Hint: hint})
	}
	return nil
}
