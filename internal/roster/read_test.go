package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"github.com/heedsms/heed/internal/optout"
)

func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

// readAll writes down what each row of a list comes to.
func readAll(t testing.TB, list string, o Options) (got []string, err error) {
	t.Helper()
	o.File, o.Now = "people.csv", noon()
	r, err := NewReader(strings.NewReader(list), o)
	if err != nil {
		return nil, err
	}
	for {
		e, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return got, nil
		case err != nil:
			return got, err
		case e.Outcome == Refused:
			got = append(got, fmt.Sprintf("%d refused %s: %s", e.Line, e.Contact, e.Reason))
		default:
			got = append(got, fmt.Sprintf("%d %s %s %s %s %s", e.Line, e.Contact, e.Program, e.State, e.SaidAt.Format(time.RFC3339Nano), e.Evidence))
		}
	}
}

// Each row: a list as people and services write it, and what becomes of its rows.
func TestRead(t *testing.T) {
	t.Parallel()
	heed := Options{}
	acme := Options{Program: "acme"}
	whole := Options{Program: "acme", State: optout.OptedOut, SaidAt: noon().AddDate(0, 0, -1)}
	const head = "contact,program,state,said_at,reason\n"
	const ann = "2 +14255550101 acme opted_out 2026-11-01T10:00:00Z "
	for _, c := range []struct {
		what    string
		options Options
		list    string
		want    []string
	}{
		{
			"heed's own", heed, head + "+14255550101,acme,opted_out,2026-11-01T10:00:00Z,web form\n",
			[]string{ann + `{"file": "people.csv", "line": 2, "reason": "web form"}`},
		},
		{
			"columns in any order and case, and one of the operator's", heed, "Said At,Note,CONTACT,State,Program\n2026-11-01 10:00:00,vip,1 (425) 555-0101,opted_out,acme\n",
			[]string{ann + `{"row": {"Note": "vip", "CONTACT": "1 (425) 555-0101", "Said At": "2026-11-01 10:00:00"}, "file": "people.csv", "line": 2}`},
		},
		{
			"what Excel saves: a mark, semicolons, CRLF, empty rows", heed, "\uFEFFcontact;program;state;said_at\r\n+14255550101;acme;opted_out;2026-11-01T10:00:00Z\r\n;;;\r\n\r\n",
			[]string{ann + `{"file": "people.csv", "line": 2}`},
		},
		{
			"Excel's line that names the separator", heed, "sep=;\ncontact;program;state;said_at\n+14255550101;acme;opted_out;2026-11-01T10:00:00Z",
			[]string{"3" + ann[1:] + `{"file": "people.csv", "line": 3}`},
		},
		{
			"quotes, and a line break in them", heed, head + "\"+14255550101\",acme,opted_out,2026-11-01T10:00:00Z,\"a \"\"form\"\",\nsigned\"\n+14255550102,acme,held,1762000000,\n",
			[]string{
				ann + `{"file": "people.csv", "line": 2, "reason": "a \"form\",\nsigned"}`,
				`4 +14255550102 acme held 2025-11-01T12:26:40Z {"row": {"said_at": "1762000000"}, "file": "people.csv", "line": 4}`,
			},
		},
		{
			"a quote that is never closed costs its own line only", acme, "contact,state,said_at\n\"+14255550101,opted_out,2026-11-01\n+14255550102,opted_out,2026-11-01\n",
			[]string{"2 refused : a quote is not closed", `3 +14255550102 acme opted_out 2026-11-01T00:00:00Z {"row": {"said_at": "2026-11-01"}, "file": "people.csv", "line": 3}`},
		},
		{
			"two such lines, which would swallow what is between them", acme, "contact,state,said_at\n+14255550101,\"opted_out,2026-11-01\n+14255550102,opted_out,2026-11-01\n+14255550103,\"opted_out,2026-11-01\n",
			[]string{
				"2 refused : a quote is not closed", `3 +14255550102 acme opted_out 2026-11-01T00:00:00Z {"row": {"said_at": "2026-11-01"}, "file": "people.csv", "line": 3}`,
				"4 refused : a quote is not closed",
			},
		},
		{
			"only numbers, and all else said once", whole, "contact\n+14255550101\n4255550101\n",
			[]string{
				`2 +14255550101 acme opted_out 2026-11-19T12:00:00Z {"file": "people.csv", "line": 2}`,
				"3 refused 4255550101: ten digits and no plus: a number without its country code, or without its plus; write it with both",
			},
		},
		{
			"numbers that are none", acme, "contact,state,said_at\n1.42555E+10,opted_out,2026-11-01\nann,opted_out,2026-11-01\n,opted_out,2026-11-01\n12345,opted_out,2026-11-01\n0014255550101,opted_out,2026-11-01\n",
			[]string{
				"2 refused 1.42555E+10: " + errShortened.Error(), "3 refused ann: not a phone number with its country code", "4 refused : no phone number",
				"5 refused 12345: not a phone number with its country code", "6 refused 0014255550101: not a phone number with its country code",
			},
		},
		{
			"times that are none", acme, "contact,state,said_at\n+14255550101,opted_out,yesterday\n+14255550101,opted_out,2026-11-20T12:01:01Z\n+14255550101,opted_out,0\n+14255550101,opted_out,\n+14255550101,opted_out,2026-11-20T12:00:59Z\n",
			[]string{
				"2 refused +14255550101: the time is " + errNoTime.Error(), "3 refused +14255550101: the time is in the future",
				"4 refused +14255550101: the time is before 1992, when there were no texts", "5 refused +14255550101: no time: give that of the list with --said-at",
				`6 +14255550101 acme opted_out 2026-11-20T12:00:59Z {"file": "people.csv", "line": 6}`,
			},
		},
		{
			"states and programs that are none",
			Options{Known: func(p string) bool { return p == "acme" }},
			head + "+14255550101,acme,maybe,2026-11-01,\n+14255550101,acne,opted_out,2026-11-01,\n+14255550101,,opted_out,2026-11-01,\n",
			[]string{
				`2 refused +14255550101: "maybe" is no state: write opted_in, opted_out or held`, "3 refused +14255550101: no such program in the ruleset",
				"4 refused +14255550101: no program: give one with --program",
			},
		},
		{
			"bytes that are no text, and fields too many", acme, "contact,state,said_at\n+14255550101,opted_out\xff,2026-11-01\n+14255550101,opted_out,2026-11-01,x\n+14255550101,opted_out,2026-11-01\x00\n",
			[]string{"2 refused : not UTF-8: save the file as UTF-8", "3 refused +14255550101: 4 fields in 3 columns", "4 refused : not UTF-8: save the file as UTF-8"},
		},
		{
			"a line without end", acme, "contact,state,said_at\n" + strings.Repeat("x", 5*longest) + "\n+14255550101,opted_out,2026-11-01\n",
			[]string{"2 refused : the row is longer than 64 KB", `3 +14255550101 acme opted_out 2026-11-01T00:00:00Z {"row": {"said_at": "2026-11-01"}, "file": "people.csv", "line": 3}`},
		},
		{
			"AWS's opt-out list", acme, "OptedOutNumber,OptedOutTimestamp,EndUserOptedOut\n14255550101,1761991200.5,true\n+14255550102,2026-11-01T10:00:00.123000+02:00,false\n",
			[]string{
				`2 +14255550101 acme opted_out 2025-11-01T10:00:00.5Z {"row": {"OptedOutNumber": "14255550101", "EndUserOptedOut": "true", "OptedOutTimestamp": "1761991200.5"}, "file": "people.csv", "line": 2}`,
				`3 +14255550102 acme opted_out 2026-11-01T08:00:00.123Z {"row": {"EndUserOptedOut": "false", "OptedOutTimestamp": "2026-11-01T10:00:00.123000+02:00"}, "file": "people.csv", "line": 3}`,
			},
		},
		{
			"AWS's console",
			Options{Format: AWS, Program: "acme"},
			"Phone number\tOpted out timestamp\n+14255550101\t2026-11-01 10:00:00 UTC\n",
			[]string{ann + `{"row": {"Opted out timestamp": "2026-11-01 10:00:00 UTC"}, "file": "people.csv", "line": 2}`},
		},
		{
			"Twilio's consents", acme, "contact_id,correlation_id,sender_id,status,source,date_of_consent\n+14255550101,ad388b5a46b33b874b0d41f7226db2ef,MG0,opt-out,opt-out-message,2026-11-01T10:00:00Z\n+14255550102,b,MG0,re-opt-in,website,2026-11-01\n",
			[]string{
				ann + `{"row": {"status": "opt-out", "sender_id": "MG0", "correlation_id": "ad388b5a46b33b874b0d41f7226db2ef"}, "file": "people.csv", "line": 2, "reason": "opt-out-message"}`,
				`3 +14255550102 acme opted_in 2026-11-01T00:00:00Z {"row": {"status": "re-opt-in", "sender_id": "MG0", "correlation_id": "b", "date_of_consent": "2026-11-01"}, "file": "people.csv", "line": 3, "reason": "website"}`,
			},
		},
		{
			"an export of Twilio's opt-outs",
			Options{Format: Twilio, Program: "acme", State: optout.OptedOut},
			"Phone Number,Date Created\n+14255550101,1793527200000\n",
			[]string{`2 +14255550101 acme opted_out 2026-11-01T10:00:00Z {"row": {"Date Created": "1793527200000"}, "file": "people.csv", "line": 2}`},
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			got, err := readAll(t, c.list, c.options)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v\n%s\nwant\n%s", err, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

// Each row: a file that is no list, and what is said of it.
func TestNoList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, list, want string }{
		{"nothing", "", "the file is empty"},
		{"UTF-16", "\xff\xfec\x00o\x00", "UTF-16"},
		{"other columns", "name,age\n", `"name", "age"`},
		{"no state", "contact,program\n", "--state"},
		{"no time", "contact,program,state\n", "--said-at"},
		{"no program", "contact,state,said_at\n", "--program"},
		{"no program, from AWS", "OptedOutNumber,OptedOutTimestamp\n", "--program"},
		{"a column twice", "contact,contact\n", "two columns"},
		{"a column twice by another name", "contact_id,status,consent status,date\n", "are about the same"},
		{"a name that is no text", "contact\xff\n", "not UTF-8"},
	} {
		if _, err := readAll(t, c.list, Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q in it", c.what, err, c.want)
		}
	}
}

// Well-formed CSV reads as encoding/csv reads it, however the bytes arrive.
func TestSeparatedLikeCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 4).Draw(t, "columns")
		field := rapid.StringOfN(rapid.RuneFrom([]rune("a,\"\n;é ")), 0, 6, -1)
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			row := make([]string, columns)
			for i := range row {
				row[i] = field.Draw(t, "field")
			}
			if err := w.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		w.Flush()
		want, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		s := newSeparated(iotest.OneByteReader(bytes.NewReader(file.Bytes())))
		s.columns = columns
		for _, row := range want {
			fields, _, fault, err := s.next()
			var got []string
			for _, f := range fields {
				got = append(got, strings.ReplaceAll(string(f), "\r\n", "\n")) // encoding/csv does so in quoted fields
			}
			if err != nil || fault != nil || !slices.Equal(got, row) {
				t.Fatalf("%q, %v, %v; want %q in\n%s", got, fault, err, row, file.Bytes())
			}
		}
		if _, _, _, err := s.next(); !errors.Is(err, io.EOF) {
			t.Fatalf("more rows than written: %v", err)
		}
	})
}

// Whatever is read, each line is accounted for, and nothing fails but the row it is in.
func FuzzRead(f *testing.F) {
	f.Add([]byte("contact,program,state,said_at\n\"+14255550101\",acme,opted_out,2026-11-01\n"))
	f.Add([]byte("contact;state\n\"\"\";\"\n\n\"x\ny\";z\r\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := NewReader(bytes.NewReader(file), Options{Program: "acme", State: optout.OptedOut, SaidAt: noon(), Now: noon()})
		if err != nil {
			return
		}
		line := 1
		for {
			e, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || e.Line <= line-1 || e.Line > 2+bytes.Count(file, newline) {
				t.Fatalf("line %d after %d: %v", e.Line, line, err)
			}
			line = e.Line
			if e.Outcome != Refused && (!e.Contact.Dialable() || e.State == "" || e.Evidence == "") {
				t.Fatalf("%+v", e)
			}
		}
	})
}
