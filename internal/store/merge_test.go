package store_test

import (
	"context"
	"fmt"
	"testing"
)

// The merge of two objects is commutative and associative, where two JSON values read the same as text too.
func TestMergeObjects(t *testing.T) {
	t.Parallel()
	s := open(t)
	objects := []string{
		`{}`, `{"k":null}`, `{"k":"null"}`, `{"k":1}`, `{"k":"1"}`, `{"k":true}`, `{"k":"true"}`, `{"k":"a"}`, `{"k":[]}`, `{"k":"[]"}`, `{"l":""}`,
	}
	const as = `FROM unnest($1::text[]::jsonb[]) AS a, unnest($1::text[]::jsonb[]) AS b`
	for law, query := range map[string]string{
		"idempotent":  `SELECT a AS a, a AS b, a AS c FROM unnest($1::text[]::jsonb[]) AS a WHERE heed.merge_objects(a, a)::text <> a::text`,
		"commutative": `SELECT a, b, a AS c ` + as + ` WHERE heed.merge_objects(a, b)::text <> heed.merge_objects(b, a)::text`,
		"associative": `SELECT a, b, c ` + as + `, unnest($1::text[]::jsonb[]) AS c
			WHERE heed.merge_objects(heed.merge_objects(a, b), c)::text <> heed.merge_objects(a, heed.merge_objects(b, c))::text`,
	} {
		if broken := scan[string](t, s, `SELECT coalesce(string_agg(concat_ws(' ', a, b, c), E'\n'), '') FROM (`+query+`) x`, objects); broken != "" {
			t.Errorf("not %s for:\n%s", law, broken)
		}
	}
}

// What AWS adds to its events tomorrow is kept alike whichever of two tellings of one moment comes first.
func TestNewFieldsConverge(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{`null`, `"null"`}, {`null`, `"x"`}, {`1`, `"1"`}, {`true`, `"true"`}} {
		t.Run(pair[0]+" and "+pair[1], func(t *testing.T) {
			t.Parallel()
			told := func(order ...string) string {
				s := open(t)
				for _, v := range order {
					body := fmt.Sprintf(`{"eventType":"TEXT_DELIVERED","eventTimestamp":%d,"messageId":"m","messageRequestTimestamp":%d,"messageStatus":"DELIVERED","novel":%s}`,
						noon().UnixMilli(), noon().UnixMilli(), v)
					mustWork(t, events(s).Work(context.Background(), records(body)))
				}
				return scan[string](t, s, `SELECT extra::text FROM heed.delivery_event`)
			}
			if a, b := told(pair[0], pair[1]), told(pair[1], pair[0]); a != b {
				t.Errorf("%s, the other way round %s", a, b)
			}
		})
	}
}
