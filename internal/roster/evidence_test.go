package roster

import "testing"

// The form is that of Postgres's jsonb; internal/store checks it against Postgres itself.
func TestEvidence(t *testing.T) {
	t.Parallel()
	e := newEvidence(`a "b".csv`, []string{"note", "id", "contact", "ab"})
	fields := [][]byte{[]byte("x\ty\x01"), []byte("7"), []byte("+14255550101"), nil}
	got := e.of(3, []byte("form"), fields, func(column int) bool { return column != 2 })
	want := `{"row": {"id": "7", "note": "x\ty\u0001"}, "file": "a \"b\".csv", "line": 3, "reason": "form"}`
	if got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got, want := e.of(4, nil, fields[:1], func(int) bool { return false }), `{"file": "a \"b\".csv", "line": 4}`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
