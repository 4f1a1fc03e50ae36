package endtoend

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

// noteCommits has the database write down when each change of consent is about to be committed: recorded_at is when its
// batch was begun.
func (s *soak) noteCommits() {
	s.t.Helper()
	_, err := s.db.Exec(context.Background(), `
CREATE TABLE soak_commit (id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE FUNCTION soak_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO soak_commit VALUES (NEW.id, clock_timestamp());
    RETURN NULL;
END $$;
CREATE TRIGGER soak_commit AFTER INSERT ON heed.consent_event FOR EACH ROW EXECUTE FUNCTION soak_commit()`)
	must(s.t, err)
}

// soakEvent is a change of consent: what was said when, and when it was committed.
type soakEvent struct {
	state     optout.State
	saidAt    time.Time
	committed time.Time
}

// ledger reads the changes of everybody, in the order in which they were committed.
func (s *soak) ledger() map[sms.Phone][]soakEvent {
	s.t.Helper()
	rows, err := s.db.Query(context.Background(), `
SELECT contact, state, said_at, at FROM heed.consent_event JOIN soak_commit USING (id) ORDER BY at, id`)
	must(s.t, err)
	ledger := map[sms.Phone][]soakEvent{}
	var contact sms.Phone
	var e soakEvent
	_, err = pgx.ForEachRow(rows, []any{&contact, &e.state, &e.saidAt, &e.committed}, func() error {
		ledger[contact] = append(ledger[contact], e)
		return nil
	})
	must(s.t, err)
	return ledger
}

// outAt says whether the register had a person opted out at a moment: what was said last counts, of what was committed.
func outAt(events []soakEvent, at time.Time) bool {
	var last soakEvent
	for _, e := range events {
		if !e.committed.After(at) && e.saidAt.After(last.saidAt) {
			last = e
		}
	}
	return last.state == optout.OptedOut
}

// outThroughout says whether it had them opted out all the time between two moments.
func outThroughout(events []soakEvent, from, to time.Time) bool {
	for _, e := range events {
		if e.committed.After(from) && !e.committed.After(to) && !outAt(events, e.committed) {
			return false
		}
	}
	return outAt(events, from)
}

// verdict holds what must hold once nothing is under way any more:
//
//   - Every text is recorded once, nothing is parked or among the dead letters, nothing is open.
//   - The register says of everybody what they said last, and AWS's list has exactly those who are out, and those whose
//     return AWS does not let heed carry out yet (locked).
//   - Nobody has two answers to one text, nor two confirmations of one opt-out, nor a confirmation after five minutes.
//   - Once a person's opt-out is committed nothing goes out to them but its confirmation, and the help that they ask for;
//     answers that were under way have soakLate. What asks heed.can_send sends nothing from then on, and what does not is
//     refused from when AWS has the number on its list. Nobody is taken off the list against their word.
//   - What the outbox says of an answer is so: done is on the phone, once; whatever else is not. Every message has its
//     receipt in the table of messages.
//   - No opt-out was invented: none came of AWS's list or of a refused send.
func (s *soak) verdict(when string, lockedAllowed bool) {
	s.t.Logf("%s:", when)
	ledger := s.ledger()
	answered := s.answers()
	s.account()
	register := s.register()
	s.through = 0
	for _, p := range s.people {
		s.judgeRegister(p, register[p.number], lockedAllowed)
		s.judgeAnswers(p, answered)
		for _, m := range s.double.Inbox(p.number) {
			s.judgeMessage(p, m, ledger[p.number])
		}
	}
	s.judgeLists(ledger)
}

// account holds that nothing is missing, left over or made up.
func (s *soak) account() {
	texts := 0
	for _, p := range s.people {
		texts += len(p.said)
	}
	if letters := s.dead.Records(); len(letters) > 0 {
		s.t.Errorf("%d dead letters, the first: %v", len(letters), letters[0])
	}
	s.want(`SELECT count(*) FROM heed.inbound`, strconv.Itoa(texts))
	s.want(`SELECT count(*) FROM heed.parked`, "0")
	s.inventedNothing()
	s.want(`SELECT count(*) FROM heed.outbox WHERE state = 'claimed' OR state = 'planned' AND not_before < now() + interval '1 day'`, "0")
	s.want(`SELECT count(*) FROM heed.outbox WHERE kind = 'sync_optout' AND state NOT IN ('done', 'planned')`, "0")

	sent := s.double.Sent()
	s.want(`SELECT count(*) FROM heed.message WHERE status = 'delivered'`, strconv.Itoa(len(sent)))
	byReply := map[string]int{}
	for _, m := range sent {
		byReply[m.Context[sms.ContextOutbox]]++
	}
	rows, err := s.db.Query(context.Background(), `SELECT id::text, state FROM heed.outbox WHERE kind = 'reply'`)
	must(s.t, err)
	var id, state string
	_, err = pgx.ForEachRow(rows, []any{&id, &state}, func() error {
		if n := byReply[id]; n > 1 || (n == 1) != (state == "done") {
			s.t.Errorf("reply %s is %s and went out %d times", id, state, n)
		}
		return nil
	})
	must(s.t, err)
	if strings.Contains(s.logs.String(), "panic") {
		s.t.Error("a function panicked")
	}
	if strings.Contains(s.logs.String(), strings.TrimPrefix(string(soakNumber(0)), "+")[:7]) {
		s.t.Error("a number is in the logs")
	}
}

type soakRow struct{ state, awsState string }

func (s *soak) register() map[sms.Phone]soakRow {
	rows, err := s.db.Query(context.Background(), `SELECT contact, state, aws_state FROM heed.consent`)
	must(s.t, err)
	register := map[sms.Phone]soakRow{}
	var contact sms.Phone
	var r soakRow
	_, err = pgx.ForEachRow(rows, []any{&contact, &r.state, &r.awsState}, func() error {
		register[contact] = r
		return nil
	})
	must(s.t, err)
	return register
}

// judgeRegister holds that the register says what the person said last, and that the list agrees.
func (s *soak) judgeRegister(p *soakPerson, row soakRow, lockedAllowed bool) {
	if want := string(p.last()); row.state != want {
		s.t.Errorf("%s is %q in the register and said %q last", p.number, row.state, want)
	}
	out, listed := row.state == string(optout.OptedOut), s.double.OptedOut(p.program, p.number)
	switch {
	case row.awsState == "locked" && lockedAllowed && !out && listed:
	case row.state != "" && row.awsState != "in_sync", out != listed:
		s.t.Errorf("%s is %q and %q in the register, on AWS's list: %v\n%s", p.number, row.state, row.awsState, listed, s.story(p.number))
	}
}

// inventedNothing holds that every change of consent came of a text.
func (s *soak) inventedNothing() {
	const invented = `FROM heed.consent_event WHERE source NOT IN ('keyword', 'natural_language')`
	s.want(`SELECT count(*) `+invented, "0")
	if whose := s.value(`SELECT coalesce(min(contact), '') ` + invented); whose != "" {
		s.t.Logf("the first of them:\n%s", s.story(sms.Phone(whose)))
	}
}

// story is all that happened to a person, by time: changes of consent, what was planned for them, AWS's calls.
func (s *soak) story(who sms.Phone) string {
	rows, err := s.db.Query(context.Background(), `
SELECT at, 'consent    ' || state || ' by ' || source || ', said at ' || said_at || coalesce(' ' || evidence::text, '')
FROM heed.consent_event JOIN soak_commit USING (id) WHERE contact = $1
UNION ALL
SELECT created_at, 'planned    ' || concat_ws(' ', id, chain, seq, kind, purpose, 'became', state, did, error, 'in', attempts, 'at', settled_at, 'due', not_before)
FROM heed.outbox WHERE contact = $1`, string(who))
	must(s.t, err)
	type moment struct {
		at   time.Time
		what string
	}
	var moments []moment
	var m moment
	_, err = pgx.ForEachRow(rows, []any{&m.at, &m.what}, func() error { moments = append(moments, m); return nil })
	must(s.t, err)
	for _, call := range s.double.Calls() {
		var to, what *string
		switch in := call.Input.(type) {
		case *pinpointsmsvoicev2.PutOptedOutNumberInput:
			to = in.OptedOutNumber
		case *pinpointsmsvoicev2.DeleteOptedOutNumberInput:
			to = in.OptedOutNumber
		case *pinpointsmsvoicev2.SendTextMessageInput:
			to, what = in.DestinationPhoneNumber, in.MessageBody
		}
		if sms.Phone(aws.ToString(to)) == who {
			moments = append(moments, moment{call.At, fmt.Sprintf("call       %s %s error: %v, answer lost: %v", call.Operation, aws.ToString(what), call.Err, call.AnswerLost)})
		}
	}
	for _, p := range s.people {
		for _, text := range p.said {
			if p.number == who {
				moments = append(moments, moment{text.at, fmt.Sprintf("text       %s %s", text.id, text.means)})
			}
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	var told strings.Builder
	for _, m := range moments {
		fmt.Fprintf(&told, "%s %s\n", m.at.UTC().Format("15:04:05.000"), m.what)
	}
	return told.String()
}

// last is what a person said last of consent.
func (p *soakPerson) last() optout.State {
	var last optout.State
	for _, t := range p.said {
		if t.means != "" {
			last = t.means
		}
	}
	return last
}

// soakAnswer is what a text was answered with.
type soakAnswer struct {
	rule string
	at   time.Time
}

// answers are heed's own messages by the text that they answer.
func (s *soak) answers() map[string][]soakAnswer {
	answers := map[string][]soakAnswer{}
	for _, m := range s.double.Sent() {
		if text := m.Context[sms.ContextInbound]; text != "" {
			answers[text] = append(answers[text], soakAnswer{m.Context[sms.ContextRule], m.At})
		}
	}
	return answers
}

// judgeAnswers holds that no text has two answers, and no opt-out two confirmations or a late one.
func (s *soak) judgeAnswers(p *soakPerson, answers map[string][]soakAnswer) {
	confirmed := 0 // of the opt-outs since they last came back
	for _, text := range p.said {
		if text.means == optout.OptedIn {
			confirmed = 0
		}
		if n := len(answers[text.id]); n > 1 {
			s.t.Errorf("%d answers to one text of %s", n, p.number)
		}
		for _, a := range answers[text.id] {
			if a.rule != "opt_out" {
				continue
			}
			if confirmed++; confirmed > 1 {
				s.t.Errorf("%s got %d confirmations of one opt-out", p.number, confirmed)
			}
			if late := a.at.Sub(text.at); late > 5*time.Minute {
				s.t.Errorf("%s got the confirmation after %s", p.number, late)
			}
		}
	}
}

// judgeMessage holds that a message that is on a person's phone might be sent.
func (s *soak) judgeMessage(p *soakPerson, m simulator.Message, events []soakEvent) {
	const commits = 500 * time.Millisecond // from the trigger to where others see it
	rule := m.Context[sms.ContextRule]
	switch asked := m.Context[askedAt]; {
	case rule == "opt_out", rule == "help":
	case rule != "":
		if outThroughout(events, m.At.Add(-soakLate), m.At) {
			s.t.Errorf("%s was opted out and got the answer by %s", p.number, rule)
		}
	case asked != "":
		at, err := strconv.ParseInt(asked, 10, 64)
		must(s.t, err)
		if outThroughout(events, time.UnixMicro(at).Add(-commits), m.At) {
			s.t.Errorf("%s was opted out and got a campaign that had asked", p.number)
		}
	case m.Context[contextBlind] != "":
		if outAt(events, m.At) {
			s.through++
		}
	default:
		s.t.Errorf("%s got a message of nobody's: %v", p.number, m.Context)
	}
}

// judgeLists goes through AWS's effects in their order: nothing goes out to a listed number, and nobody is taken off a list
// whom the register had opted out all the while.
func (s *soak) judgeLists(ledger map[sms.Phone][]soakEvent) {
	listed := map[sms.Phone]bool{}
	for _, call := range s.double.Calls() {
		if call.Err != nil {
			continue
		}
		switch in := call.Input.(type) {
		case *pinpointsmsvoicev2.PutOptedOutNumberInput:
			listed[sms.Phone(aws.ToString(in.OptedOutNumber))] = true
		case *pinpointsmsvoicev2.DeleteOptedOutNumberInput:
			who := sms.Phone(aws.ToString(in.OptedOutNumber))
			delete(listed, who)
			if outThroughout(ledger[who], call.At.Add(-soakLate), call.At) {
				s.t.Errorf("%s was opted out and was taken off the list", who)
			}
		case *pinpointsmsvoicev2.SendTextMessageInput:
			if who := sms.Phone(aws.ToString(in.DestinationPhoneNumber)); listed[who] {
				s.t.Errorf("AWS took a text to %s, who is on its list", who)
			}
		}
	}
}

// compare runs heed reconcile as an operator does. What it may find is what AWS locks; what moved just now it leaves alone.
func (s *soak) compare() {
	report, code := s.heed(nil, "reconcile", "--no-setup", "--json")
	var told struct {
		Lists []struct {
			List   string
			Counts map[string]int
		}
	}
	if err := json.Unmarshal([]byte(report), &told); err != nil || len(told.Lists) != 2 {
		s.t.Fatalf("exit %d, %v: %s", code, err, report)
	}
	for _, l := range told.Lists {
		for decision, n := range l.Counts {
			switch decision {
			case "agreed", "locked", "in_flight":
			default:
				s.t.Errorf("reconcile finds %d numbers %s on %s", n, decision, l.List)
			}
		}
	}
}
