package report

import "slices"

// Kind is what the values of a column are, and of which Go type they come in a row. NULL, where nothing is known, is nil.
type Kind string

// The kinds.
const (
	Text    Kind = "text"    // string; of a dimension "" is unknown
	Date    Kind = "date"    // time.Time, midnight UTC of the day, whichever zone the day is of
	Time    Kind = "time"    // time.Time
	Count   Kind = "count"   // int64
	Number  Kind = "number"  // float64, an average or a measure
	Ratio   Kind = "ratio"   // float64, a part of 1
	Seconds Kind = "seconds" // float64
	Money   Kind = "money"   // string, an exact decimal without exponent: a JSON number
)

// Column is one column of a report.
type Column struct {
	Name string // as in SQL, CSV and JSON
	Kind Kind
	// Unit is what a number is of, where its name does not say: USD, s.
	Unit        string
	Description string
	// Dimension: it is there where rows are counted by it.
	Dimension bool
}

// Spec is one report there is.
type Spec struct {
	Name        string
	Title       string
	Description string
	// Function is the SQL function that answers, without its schema.
	Function string
	// Dimensions are what rows may be counted by, and what may be filtered by. Default are those of a query that says
	// nothing. By those of Always rows are counted in any case: together they would mean nothing.
	Dimensions []string
	Default    []string
	Always     []string
	// Period: it is about days, from and to. Where it is not, it is about now.
	Period bool
	// Zoned: days may be those of any time zone. Where they may not, they are days of UTC.
	Zoned bool
	// Hours: it takes a number of hours. Top: it takes how many reasons are told apart.
	Hours bool
	Top   bool
	// Columns are the dimensions and then the measures, all of them.
	Columns []Column
}

// Column gives a column by name.
func (s Spec) Column(name string) (Column, bool) {
	i := slices.IndexFunc(s.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return s.Columns[i], true
}

// Measures are the columns that are no dimensions.
func (s Spec) Measures() []Column {
	return slices.DeleteFunc(slices.Clone(s.Columns), func(c Column) bool { return c.Dimension })
}

// Chosen are the columns of a query that counts by these dimensions. What the Spec does not have is left out.
func (s Spec) Chosen(by []string) []Column {
	chosen := make([]Column, 0, len(s.Columns))
	for _, name := range by {
		if c, ok := s.Column(name); ok && c.Dimension {
			chosen = append(chosen, c)
		}
	}
	return append(chosen, s.Measures()...)
}

// Named gives a report by name.
func Named(name string) (Spec, bool) {
	all := Specs()
	i := slices.IndexFunc(all, func(s Spec) bool { return s.Name == name })
	if i < 0 {
		return Spec{}, false
	}
	return all[i], true
}

// newSpec completes a report by its columns of dimensions.
func newSpec(s Spec, dimensions []string, measures ...Column) Spec {
	s.Function = "report_" + s.Name
	s.Dimensions = dimensions
	for _, d := range dimensions {
		s.Columns = append(s.Columns, dimension(d))
	}
	s.Columns = append(s.Columns, measures...)
	return s
}

// dimension is a column to count by. The same word means the same in every report.
func dimension(name string) Column {
	kind := Text
	if name == "day" {
		kind = Date
	}
	return Column{Name: name, Kind: kind, Description: dimensions()[name], Dimension: true}
}

// dimensions are all there are, with what each is.
func dimensions() map[string]string {
	return map[string]string{
		"day":             "The day on which AWS was asked to send. For texts of people: the day they were said.",
		"program":         "The program, by heed.yaml.",
		"identity":        "The number, short code, sender id or agent on our side.",
		"campaign":        "From the sender's Context, under the key that heed.yaml names (reports.context).",
		"tenant":          "As campaign, under its own key.",
		"template":        "As campaign, under its own key.",
		"country":         "ISO 3166 code of the contact's country, by AWS.",
		"carrier":         "The carrier's name, else its MCC-MNC.",
		"message_type":    "TRANSACTIONAL or PROMOTIONAL.",
		"encoding":        "GSM or UNICODE.",
		"status":          "The message's status, in heed's words (heed.delivery_status).",
		"failure_status":  "AWS's word for the first failure.",
		"failure_reason":  "AWS's description of the first failure, its first 200 characters; \"(other)\" stands for those beyond the most frequent.",
		"leg":             "carrier: from the request until a carrier took it. handset: until the handset had it.",
		"rule":            "The keyword rule, by its name. In the cost of Unicode: of the reply; where no rule wrote it, what it answers (opt_out, help and so on).",
		"character_class": "What kinds of characters force Unicode, where heed wrote the text; \"(text not seen)\" of other senders' messages and where the text was removed.",
		"keyword":         "The words by which the person opted out, as heed matched them.",
		"verdict":         "What heed took the text to mean.",
		"reason":          "Why, by name (docs/verdicts.md).",
	}
}
