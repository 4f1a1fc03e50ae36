package store_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/heedsms/heed/internal/consent"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/store"
)

// asMember opens the database of its owner as somebody who may log in and is a member of a role, and nothing else.
func asMember(t testing.TB, owner *store.Store, role string) *store.Store {
	t.Helper()
	u, err := url.Parse(owner.Pool().Config().ConnString())
	if err != nil {
		t.Fatal(err)
	}
	name := role + "_" + strings.TrimPrefix(u.Path, "/") // roles belong to the server
	ctx := context.Background()
	if _, err := owner.Pool().Exec(ctx, `CREATE ROLE `+name+` LOGIN PASSWORD 'x' IN ROLE `+role); err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(name, "x")
	s, err := store.Open(ctx, store.Options{URL: u.String(), Connections: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		_, _ = owner.Pool().Exec(ctx, `DROP ROLE `+name)
	})
	return s
}

// The role of the Lambdas can do all that they do, and nothing to what was recorded.
func TestWorkersRights(t *testing.T) {
	t.Parallel()
	owner := open(t)
	apply(t, owner, unclearYAML)
	s := asMember(t, owner, "heed_worker")
	ctx := context.Background()
	var now clock
	aws := strictAWS(t, unclearYAML)
	h := texts(s, aws, now.now)
	say(t, h, spoken{"1", ann, acme, "STOP", now.now()}, spoken{"2", bob, acme, "this is harassment", now.now()})
	now.advance(25 * time.Hour)
	if closeQuestions(t, s, now.now()) != 1 {
		t.Error("silence closed nothing")
	}
	relay(t, s, h)
	if !slices.Contains(aws.lists(), "alerts "+ann) {
		t.Errorf("lists %v", aws.lists())
	}
	mustWork(t, events(s).Work(ctx, records(deliveredAt("m1", now.now()), "nonsense")))
	doubted := scan[string](t, owner, `UPDATE heed.outbox SET state = 'unknown' WHERE kind = 'reply' AND contact = $1 RETURNING id::text`, ann)
	proof := strings.Replace(deliveredAt("m2", now.now()), "{", `{"context":{"heed_outbox":"`+doubted+`"},`, 1)
	mustWork(t, events(s).Work(ctx, records(proof)))
	if got := scan[string](t, owner, `SELECT state FROM heed.outbox WHERE id = $1::text::uuid`, doubted); got != "done" {
		t.Errorf("a reply that an event proves is %s", got)
	}
	if _, err := s.Maintain(ctx, now.now().AddDate(0, 1, 0), keepAWeek); err != nil {
		t.Errorf("maintain: %v", err)
	}
	if _, err := s.RecordConsent(ctx, []consent.Change{{Program: "alerts", Contact: ann, State: optout.OptedIn, SaidAt: now.now(), Source: "aws"}}, now.now()); err != nil {
		t.Error(err)
	}
	if got := drift(t, s); got != "" {
		t.Error(got)
	}
	for _, statement := range []string{
		`UPDATE heed.consent_event SET state = 'opted_in'`, `DELETE FROM heed.consent_event`, `TRUNCATE heed.consent_event`,
		`UPDATE heed.ruleset SET document = ''`, `INSERT INTO heed.ruleset (document, sha256) VALUES ('', '')`,
		`ALTER TABLE heed.consent_event DISABLE TRIGGER append_only`, `SET ROLE heed_retention`, `SELECT * FROM heed.pseudonym_key`,
		`SET session_replication_role = replica`, `DROP TABLE heed.message`, `CREATE TABLE heed.mine (x int)`,
	} {
		if _, err := s.Pool().Exec(ctx, statement); err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
