package ingress_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heedsms/heed/internal/ingress"
)

// Objects of S3 as Firehose writes them: concatenated payloads, with or without newlines, maybe packed.
func TestS3Objects(t *testing.T) {
	t.Parallel()
	type record struct {
		ID, Body  string
		Malformed bool
	}
	for _, row := range []struct {
		why, key, name, body string
		want                 []record
	}{
		{"plain", "in/1", "in/1", one + "\n" + two + "\n", []record{{"archive/in/1@0", one, false}, {"archive/in/1@20", two, false}}},
		{"without newlines", "a", "a", one + two, []record{{"archive/a@0", one, false}, {"archive/a@19", two, false}}},
		{"packed, whatever its name says", "a.json", "a.json", packed(one + two), []record{{"archive/a.json@0", one, false}, {"archive/a.json@19", two, false}}},
		{"packed members one behind the other", "a", "a", packed(one) + packed(two), []record{{"archive/a@0", one, false}, {"archive/a@19", two, false}}},
		{"a key with spaces, as S3 writes it", "my+key%20x", "my key x", one, []record{{"archive/my key x@0", one, false}}},
		{"a key with a plus", "a%2Bb", "a+b", one, []record{{"archive/a+b@0", one, false}}},
		{"the # of media keys", "in/rcs/m-0001%23photo.jpg", "in/rcs/m-0001#photo.jpg", one, []record{{"archive/in/rcs/m-0001#photo.jpg@0", one, false}}},
		{"letters beyond ASCII", "caf%C3%A9/%E2%9C%93", "café/✓", one, []record{{"archive/café/✓@0", one, false}}},
		{"one bad line among two records", "a", "a", one + "\nnot JSON\n" + two, []record{{"archive/a@0", one, false}, {"archive/a@20", "not JSON", true}, {"archive/a@29", two, false}}},
		{"nothing in it", "a", "a", "", nil},
		{"only newlines", "a", "a", "\n\n", nil},
		{"no JSON at all is set aside", "a", "a", "\xff\xd8\xff\xe0 a picture", []record{{"archive/a@0", "\xff\xd8\xff\xe0 a picture", true}}},
		{"broken packing stays where it is, and is told of by its name", "a", "a", packed(one) + "\nand a line of text", []record{{"archive/a@0", one, false}, {"archive/a", "s3://archive/a", true}}},
		{"a key that is no key", "a%zz", "", "", []record{{"archive/a%zz", "s3://archive/a%zz", true}}},
	} {
		k := &keeper{}
		answer, err := invoke(t, k, bucket{"archive/" + row.name: row.body}, created(row.key))
		if err != nil || answer != "null" {
			t.Errorf("%s: %s (%v)", row.why, answer, err)
		}
		var have []record
		for _, r := range k.records {
			if r.Source != ingress.S3 {
				t.Errorf("%s: source %s", row.why, r.Source)
			}
			have = append(have, record{r.ID, string(r.Body), r.Malformed != ""})
		}
		if diff := cmp.Diff(row.want, have); diff != "" {
			t.Errorf("%s: %s", row.why, diff)
		}
	}
}

// An object that is not there may be there next time: the event comes again, what could be read is kept.
func TestS3OutOfReach(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	if answer, err := invoke(t, k, bucket{"archive/here": one}, created("gone", "here")); err == nil {
		t.Errorf("answered %s though an object was missing", answer)
	}
	if diff := cmp.Diff([]string{one}, k.bodies()); diff != "" {
		t.Error(diff)
	}
}

// An object that holds a notification of itself is opened a few times, and the notification set aside as what it is.
func TestS3ObjectOfItself(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	itself := string(marshal(t, created("a")))
	if answer, err := invoke(t, k, bucket{"archive/a": itself}, created("a")); err != nil || answer != "null" || len(k.records) != 1 || string(k.records[0].Body) != itself {
		t.Errorf("%s %v %+v", answer, err, k.got())
	}
}

type opener func() io.Reader

func (o opener) Open(context.Context, string, string) (io.ReadCloser, error) {
	return io.NopCloser(o()), nil
}

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// A connection that breaks inside an object loses nothing: what was cut is not taken for a bad line.
func TestS3CutShort(t *testing.T) {
	t.Parallel()
	for _, err := range []error{io.ErrUnexpectedEOF, errors.New("connection reset by peer")} {
		for _, before := range []string{one + "\n" + two[:9], one + "\n", one, packed(one + two)[:30], ""} {
			k := &keeper{}
			cut := opener(func() io.Reader { return io.MultiReader(strings.NewReader(before), broken{err}) })
			if answer, got := invoke(t, k, cut, created("a")); got == nil {
				t.Errorf("%q, then %v: answered %s", before, err, answer)
			}
			for _, r := range k.records {
				if r.Malformed != "" {
					t.Errorf("%q, then %v: %q was set aside as %s", before, err, r.Body, r.Malformed)
				}
			}
		}
	}
}

// Where no bucket is wired, a notification is set aside and fails nobody.
func TestS3NotExpected(t *testing.T) {
	t.Parallel()
	k := &keeper{}
	answer, err := invoke(t, k, nil, sqs(string(marshal(t, created("a"))), one))
	if err != nil || answer != `{"batchItemFailures":[]}` || len(k.records) != 2 || k.records[0].Malformed == "" {
		t.Errorf("%s %v %+v", answer, err, k.got())
	}
}
