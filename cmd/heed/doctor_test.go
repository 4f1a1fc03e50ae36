package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	api "github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/jackc/pgx/v5"

	"github.com/heedsms/heed/internal/doctor"
	"github.com/heedsms/heed/internal/localdb"
	"github.com/heedsms/heed/internal/localdb/dbtest"
	"github.com/heedsms/heed/internal/neighbours"
	"github.com/heedsms/heed/internal/simulator"
	"github.com/heedsms/heed/internal/sms"
)

const doctorRules = `
version: 1
programs:
  alerts: {brand: Acme, optOutList: alerts, configurationSet: acme, identities: ["+12065550100", "+12065550101"]}
  shop:
    brand: Acme Shop
    optOutList: shop
    configurationSet: acme
    identities: ["+12065550102", "+18005550100"]
    answers: aws
    keywords: [{words: [HOURS], reply: "We are open 9 to 5."}]
`

const (
	inboundRole    = "arn:aws:iam::111122223333:role/heed-inbound"
	streamOfEvents = "arn:aws:firehose:us-east-1:111122223333:deliverystream/heed"
	streamRole     = "arn:aws:iam::111122223333:role/heed-stream"
	operatorARN    = "arn:aws:iam::111122223333:user/operator"
	goodPolicy     = `{"Statement": [{"Effect": "Allow", "Principal": {"Service": "sms-voice.amazonaws.com"}, "Action": "sns:Publish",
		"Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}]}`
)

// clinic is a deployment that is sound: a database, an account of AWS with a stack, numbers and everything in between.
// Tests plant one fault in it.
type clinic struct {
	*patient
	t       *testing.T
	double  *simulator.Simulator
	aws     *neighbours.AWS
	outputs map[string]string
	ids     map[sms.Identity]string // phone number ids
	poolID  string                  // of the pool that a test made
	file    string                  // the ruleset, as a file
}

func newClinic(t *testing.T, p *patient) *clinic {
	t.Helper()
	c := &clinic{patient: p, t: t, double: simulator.New(simulator.Options{}), aws: neighbours.New(neighbours.Options{}), ids: map[sms.Identity]string{}}
	c.account()
	c.file = filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(c.file, []byte(doctorRules), 0o600); err != nil {
		t.Fatal(err)
	}
	voice, services := httptest.NewServer(c.double.Handler()), httptest.NewServer(c.aws)
	t.Cleanup(voice.Close)
	t.Cleanup(services.Close)
	for name, value := range map[string]string{
		"DATABASE_URL": c.url, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "dev", "AWS_SECRET_ACCESS_KEY": "dev",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": voice.URL, "AWS_ENDPOINT_URL": services.URL, "HEED_AWS_CALLS_PER_SECOND": "1000",
	} {
		t.Setenv(name, value)
	}
	return c
}

// account sets up AWS.
func (c *clinic) account() {
	c.outputs = map[string]string{
		"InboundQueueUrl":       c.aws.AddQueue("texts", map[string]string{"VisibilityTimeout": "180", "RedrivePolicy": "{}"}),
		"InboundDeadLettersUrl": c.aws.AddQueue("texts-dead", nil),
		"EventsQueueUrl":        c.aws.AddQueue("events", map[string]string{"VisibilityTimeout": "185", "RedrivePolicy": "{}"}),
		"EventsDeadLettersUrl":  c.aws.AddQueue("events-dead", nil),
		"InboundTopicArn":       c.topic("texts", map[string]string{"Policy": goodPolicy}, false),
		"EventsTopicArn":        c.topic("events", map[string]string{"Policy": goodPolicy}, false),
		"EventsStreamRoleArn":   streamRole,
		"InboundRoleArn":        inboundRole,
		"EventsRoleArn":         "arn:aws:iam::111122223333:role/heed-events",
		"RelayRoleArn":          "arn:aws:iam::111122223333:role/heed-relay",
	}
	c.aws.SetStack("heed", c.outputs)
	for _, n := range []simulator.NumberSpec{
		{Number: "+12065550100", SelfManaged: true, OptOutList: "alerts"},
		{Number: "+12065550101", SelfManaged: true, OptOutList: "alerts"},
		{Number: "+12065550102", OptOutList: "shop"},
		{Number: "+18005550100", OptOutList: "shop"},
	} {
		c.number(n)
	}
	for _, n := range []sms.Identity{"+12065550100", "+12065550101", "+12065550102", "+18005550100"} {
		c.texts(n)
	}
	for n, words := range map[sms.Identity][]string{"+12065550102": {"START"}, "+18005550100": {"START", "UNSTOP"}} {
		for _, word := range words {
			c.keyword(n, word, "Acme Shop: You are opted in. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to end.", types.KeywordActionOptIn)
		}
	}
	c.call(c.double.CreateConfigurationSet(c.t.Context(), &api.CreateConfigurationSetInput{ConfigurationSetName: aws.String("acme")}))
	c.call(c.double.CreateEventDestination(c.t.Context(), &api.CreateEventDestinationInput{
		ConfigurationSetName: aws.String("acme"), EventDestinationName: aws.String("heed"), MatchingEventTypes: []types.EventType{"ALL"},
		SnsDestination: &types.SnsDestination{TopicArn: aws.String(c.outputs["EventsTopicArn"])},
	}))
}

// call takes what a call of the double gives and wants no error.
func (c *clinic) call(_ any, err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinic) topic(name string, attributes map[string]string, raw bool) string {
	arn := c.aws.AddTopic(name, attributes)
	c.aws.Subscribe(arn, "sqs", "arn:aws:sqs:us-east-1:111122223333:"+name, raw)
	return arn
}

// number gives the account a number, on the stack's topic unless another is named, protected.
func (c *clinic) number(n simulator.NumberSpec) {
	n.Protected = true
	if n.TwoWayTopic == "" {
		n.TwoWayTopic = c.outputs["InboundTopicArn"]
	}
	c.ids[n.Number] = c.double.AddNumber(n)
}

func (c *clinic) update(number sms.Identity, change func(*api.UpdatePhoneNumberInput)) {
	c.t.Helper()
	in := &api.UpdatePhoneNumberInput{PhoneNumberId: aws.String(c.ids[number])}
	change(in)
	c.call(c.double.UpdatePhoneNumber(c.t.Context(), in))
}

func (c *clinic) keyword(number sms.Identity, word, message string, action types.KeywordAction) {
	c.t.Helper()
	c.call(c.double.PutKeyword(c.t.Context(), &api.PutKeywordInput{
		OriginationIdentity: aws.String(c.ids[number]), Keyword: &word, KeywordMessage: &message, KeywordAction: action,
	}))
}

// texts gives a number the texts of its program.
func (c *clinic) texts(number sms.Identity) {
	c.t.Helper()
	brand := "Acme Shop"
	if number == "+12065550100" || number == "+12065550101" {
		brand = "Acme"
	}
	c.keyword(number, "HELP", brand+": Msg frequency varies. Msg & data rates may apply. Reply STOP to end.", "")
	if !number.IsUSTollFree() {
		c.keyword(number, "STOP", brand+": You are opted out and will get no more messages. Reply START to return.", "")
	}
}

func (c *clinic) destination(change func(*api.UpdateEventDestinationInput)) {
	c.t.Helper()
	in := &api.UpdateEventDestinationInput{ConfigurationSetName: aws.String("acme"), EventDestinationName: aws.String("heed")}
	change(in)
	c.call(c.double.UpdateEventDestination(c.t.Context(), in))
}

// removeDestination leaves the set without one, and adds as many that lead elsewhere.
func (c *clinic) removeDestination(logs int) {
	c.t.Helper()
	c.call(c.double.DeleteEventDestination(c.t.Context(), &api.DeleteEventDestinationInput{ConfigurationSetName: aws.String("acme"), EventDestinationName: aws.String("heed")}))
	for i := range logs {
		c.call(c.double.CreateEventDestination(c.t.Context(), &api.CreateEventDestinationInput{
			ConfigurationSetName: aws.String("acme"), EventDestinationName: aws.String(fmt.Sprintf("logs-%d", i)), MatchingEventTypes: []types.EventType{"ALL"},
			CloudWatchLogsDestination: &types.CloudWatchLogsDestination{
				IamRoleArn: aws.String(streamRole), LogGroupArn: aws.String("arn:aws:logs:us-east-1:111122223333:log-group:sms:*"),
			},
		}))
	}
}

// patient is a database in which the relay runs, and a user of it who is no superuser.
type patient struct {
	t   *testing.T
	db  *pgx.Conn
	url string // as that user
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	ctx := context.Background()
	address := dbtest.New(t)
	db, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	role := localdb.TempName()
	t.Cleanup(func() {
		if _, err := db.Exec(ctx, `DROP OWNED BY `+role+`; DROP ROLE `+role); err != nil {
			t.Error(err)
		}
		_ = db.Close(ctx)
	})
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "secret-of-the-database")
	p := &patient{t, db, u.String()}
	p.sql(`CREATE ROLE ` + role + ` LOGIN PASSWORD 'secret-of-the-database';
		GRANT USAGE ON SCHEMA heed TO ` + role + `; GRANT SELECT ON ALL TABLES IN SCHEMA heed TO ` + role + `;
		SELECT heed.make_partitions(current_date + 3, current_date + 4); -- it may be midnight
		UPDATE heed.rollup_state SET refreshed_at = now();
		INSERT INTO heed.reconcile (list, started_at, finished_at) VALUES ('alerts', now(), now()), ('shop', now(), now())`)
	p.apply(doctorRules)
	return p
}

func (p *patient) sql(statements string) {
	p.t.Helper()
	if _, err := p.db.Exec(context.Background(), statements); err != nil {
		p.t.Fatal(err)
	}
}

// apply puts a document in force, whatever is in it.
func (p *patient) apply(document string) {
	p.t.Helper()
	if _, err := p.db.Exec(context.Background(), `INSERT INTO heed.ruleset (document, sha256, settings) VALUES ($1, 'x', '{}')`, document); err != nil {
		p.t.Fatal(err)
	}
}

// severities are those of the findings, by code, as docs/doctor.md has them.
func severities(t *testing.T) map[string]string {
	t.Helper()
	page, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\|").FindAllSubmatch(page, -1) {
		all[string(row[1])] = string(row[2])
	}
	return all
}

// want runs heed doctor and wants these findings, as "severity code", and no other.
func (c *clinic) want(args []string, want ...string) {
	c.t.Helper()
	code, out, errs := heed(c.t, "", append([]string{"doctor", "--json"}, args...)...)
	var report doctorReport
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		c.t.Fatalf("exit %d: %v\n%s%s", code, err, out, errs)
	}
	documented := severities(c.t)
	var got []string
	fails := 0
	for _, p := range report.Parts {
		for _, f := range p.Findings {
			got = append(got, string(f.Severity)+" "+f.Code)
			if documented[f.Code] != string(f.Severity) {
				c.t.Errorf("%s is %s, docs/doctor.md says %q", f.Code, f.Severity, documented[f.Code])
			}
			if f.Text == "" || strings.Contains(f.Text+f.Mend, "secret-of-the-database") {
				c.t.Errorf("%+v", f)
			}
			if f.Severity != doctor.Advice {
				fails = exitNo
			}
		}
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") || code != fails && want != nil || report.Well != (code == 0) {
		c.t.Errorf("exit %d, found %q, want %q\n%s%s", code, got, want, out, errs)
	}
}

// A deployment that is sound: nothing is said of it but that, and nothing is changed at AWS.
func TestDoctorFindsNothing(t *testing.T) {
	c := newClinic(t, newPatient(t))
	before := len(c.double.Calls())
	for _, args := range [][]string{{}, {c.file}, {c.file, "--no-stack", "--only", "numbers"}} {
		code, out, errs := heed(t, "", append([]string{"doctor"}, args...)...)
		if code != 0 || !strings.HasPrefix(out, "all is well") || strings.Count(out, "\n") != 1 || errs != "" {
			t.Errorf("heed doctor %v: exit %d\n%s%s", args, code, out, errs)
		}
	}
	for _, call := range c.double.Calls()[before:] {
		if !strings.HasPrefix(call.Operation, "Describe") && !strings.HasPrefix(call.Operation, "List") {
			t.Errorf("it called %s", call.Operation)
		}
	}
	_, out, _ := heed(t, "", "doctor", "-v")
	for _, g := range doctor.Groups() {
		if !strings.Contains(out, string(g)+": ok\n") {
			t.Errorf("of %s it does not say that it is ok:\n%s", g, out)
		}
	}
}

// plantedFault is a fault, planted, and what heed doctor says of it. FILE among the arguments is the ruleset's.
type plantedFault struct {
	sentence string
	plant    func(c *clinic)
	args     []string // beside --json
	want     []string
}

func (f plantedFault) found(t *testing.T, p *patient) {
	t.Helper()
	c := newClinic(t, p)
	f.plant(c)
	var args []string
	for _, arg := range f.args {
		args = append(args, strings.ReplaceAll(arg, "FILE", c.file))
	}
	c.want(args, f.want...)
}

// Faults of the database: each has one of its own.
func TestDoctorFindsInTheDatabase(t *testing.T) {
	for _, f := range []plantedFault{
		{"the database does not answer", func(c *clinic) {
			c.t.Setenv("DATABASE_URL", "postgres://heed:secret-of-the-database@127.0.0.1:1/heed?sslmode=disable")
		}, []string{"FILE"}, []string{"error database_unreachable"}},
		{"migrations are missing", func(c *clinic) { c.sql(`DELETE FROM heed.migration WHERE version_id > 15`) }, nil, []string{"error migrations_missing"}},
		{"no migration was ever made", func(c *clinic) { c.sql(`DROP SCHEMA heed CASCADE`) }, []string{"FILE"}, []string{"error schema_missing"}},
		{"a newer heed migrated", func(c *clinic) { c.sql(`INSERT INTO heed.migration (version_id, is_applied) VALUES (99999, true)`) }, nil, []string{"warning schema_newer"}},
		{"a newer heed migrated, and something has another name since", func(c *clinic) {
			c.sql(`INSERT INTO heed.migration (version_id, is_applied) VALUES (99999, true); ALTER TABLE heed.rollup_state RENAME TO rollup_states`)
		}, []string{"FILE"}, []string{"warning schema_newer"}},
		{"a table is gone", func(c *clinic) { c.sql(`DROP TABLE heed.rollup_state CASCADE`) }, []string{"FILE"}, []string{"error schema_damaged"}},
		{"the worker may not record", func(c *clinic) { c.sql(`REVOKE INSERT ON heed.inbound FROM heed_worker`) }, nil, []string{"error rights_missing"}},
		{"the worker may not make partitions", func(c *clinic) {
			c.sql(`REVOKE EXECUTE ON FUNCTION heed.make_partitions(date, date) FROM heed_worker`)
		}, nil, []string{"error rights_missing"}},
		{"nobody may look", func(c *clinic) {
			u, _ := url.Parse(c.url)
			c.sql(`REVOKE SELECT ON heed.outbox FROM ` + u.User.Username())
		}, []string{"FILE"}, []string{"error read_refused"}},
		{"a superuser looks", func(c *clinic) {
			c.t.Setenv("DATABASE_URL", c.db.Config().ConnString())
		}, nil, []string{"advice superuser"}},
		{"the relay does not run", func(c *clinic) { c.sql(`UPDATE heed.rollup_state SET refreshed_at = now() - interval '1 hour'`) }, nil, []string{"error relay_stopped"}},
		{"no partitions are made ahead", func(c *clinic) {
			c.sql(`DO $$ DECLARE p name; BEGIN FOR p IN SELECT relname FROM pg_class WHERE relname ~ '^message_p[0-9]{8}$' AND relkind = 'r' AND right(relname, 8) > to_char(now() + interval '1 day', 'YYYYMMDD') LOOP EXECUTE 'DROP TABLE heed.' || p; END LOOP; END $$`)
		}, nil, []string{"error partitions_missing"}},
		{"rows stand in a default partition", func(c *clinic) {
			c.sql(`INSERT INTO heed.message (message_id, requested_at, status, status_rank, status_at, aws_status, event_type, is_final, updated_at)
				VALUES ('m', now() + interval '60 days', 'queued', 2, now(), 'QUEUED', 'TEXT_QUEUED', false, now())`)
		}, nil, []string{"warning default_partition"}},
		{"a promise is overdue", func(c *clinic) { c.action("planned", "now() - interval '1 hour'", "NULL") }, nil, []string{"error outbox_overdue"}},
		{"an action failed", func(c *clinic) { c.action("failed", "now()", "now()") }, nil, []string{"warning outbox_failed"}},
		{"a reply may have gone out", func(c *clinic) { c.action("unknown", "now() - interval '2 hours'", "NULL") }, nil, []string{"warning outbox_unknown"}},
		{"AWS holds somebody on a list", func(c *clinic) {
			c.sql(`INSERT INTO heed.consent (program, contact, state, since, aws_state) VALUES ('alerts', '+14255550101', 'opted_in', now(), 'locked')`)
		}, nil, []string{"advice list_locked"}},
		{"an input is parked", func(c *clinic) {
			c.sql(`INSERT INTO heed.parked (source, source_id, reason, error, body, parked_at) VALUES ('sqs', '1', 'bad_json', 'x', 'y', now())`)
		}, nil, []string{"warning parked"}},
		{"a list was not compared for long", func(c *clinic) {
			c.sql(`UPDATE heed.reconcile SET finished_at = now() - interval '5 days' WHERE list = 'shop'`)
		}, nil, []string{"warning reconcile_late"}},
		{"no ruleset was applied", func(c *clinic) { c.sql(`ALTER TABLE heed.ruleset DISABLE TRIGGER ALL; DELETE FROM heed.ruleset`) }, []string{"FILE"}, []string{"error ruleset_missing"}},
		{"the ruleset in force is another", func(c *clinic) { c.apply(doctorRules + "# once more") }, []string{"FILE"}, []string{"warning ruleset_differs"}},
		{"the ruleset in force cannot be read", func(c *clinic) { c.apply("version: 7") }, []string{"FILE"}, []string{"error ruleset_unreadable"}},
	} {
		t.Run(f.sentence, func(t *testing.T) { f.found(t, newPatient(t)) })
	}
}

// Faults of the settings and at AWS, each in an account of its own.
func TestDoctorFinds(t *testing.T) {
	tollFree, number := sms.Identity("+18005550100"), sms.Identity("+12065550100")
	p := newPatient(t)
	for _, f := range []plantedFault{
		// settings
		{"no database is named", func(c *clinic) { c.t.Setenv("DATABASE_URL", "") }, []string{"--only", "settings"}, []string{"error database_setting"}},
		{"two databases are named", func(c *clinic) { c.t.Setenv("DATABASE_IAM_AUTH", "true") }, []string{"--only", "settings"}, []string{"error database_setting"}},
		{"a setting cannot be read", func(c *clinic) { c.t.Setenv("HEED_AWS_CALLS_PER_SECOND", "many") }, []string{"--only", "settings"}, []string{"error setting_unreadable"}},
		{"no Region is known", func(c *clinic) { c.t.Setenv("AWS_REGION", "") }, nil, []string{"error region_missing"}},

		// identity
		{"the credentials are not valid", func(c *clinic) { c.aws.RefuseCredentials() }, nil, []string{"error no_credentials"}},
		{"there are no credentials", func(c *clinic) {
			c.t.Setenv("AWS_ACCESS_KEY_ID", "")
			c.t.Setenv("AWS_SECRET_ACCESS_KEY", "")
		}, nil, []string{"error no_credentials"}},
		{"the stack is not there", func(c *clinic) {}, []string{"--stack", "other"}, []string{"warning no_stack"}},
		{"the stack is another account's", func(c *clinic) {
			c.outputs["InboundTopicArn"] = "arn:aws:sns:us-east-1:444455556666:texts"
		}, nil, []string{"error other_account"}},
		{"the stack is in another Region", func(c *clinic) { c.t.Setenv("AWS_REGION", "eu-west-1") }, nil, []string{"error other_region"}},
		{"the inbound function may not reply", func(c *clinic) { c.aws.Deny(inboundRole, "sms-voice:SendTextMessage") }, nil, []string{"error function_denied"}},
		{"the operator may not set keywords", func(c *clinic) { c.aws.Deny(operatorARN, "sms-voice:PutKeyword") }, []string{"--only", "identity"}, []string{"error operator_denied"}},
		{"a session's role may not pass the stream's", func(c *clinic) {
			const role = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/Admin"
			c.aws.SetCaller("arn:aws:sts::111122223333:assumed-role/Admin/me")
			c.aws.AddRole(role)
			c.aws.Deny(role, "iam:PassRole")
		}, nil, []string{"error operator_denied"}},
		{"nothing can be simulated", func(c *clinic) { c.aws.Deny(operatorARN, "iam:SimulatePrincipalPolicy") }, nil, []string{"warning not_simulated"}},
		{"AWS refuses to list numbers", func(c *clinic) {
			c.aws.Deny(operatorARN, "sms-voice:DescribePhoneNumbers")
			c.double.Fail("DescribePhoneNumbers", simulator.Fault{Times: -1, Before: &types.AccessDeniedException{Message: aws.String("not authorized")}})
		}, nil, []string{"error operator_denied"}},
		{"AWS does not tell the limits", func(c *clinic) {
			c.double.Fail("DescribeAccountLimits", simulator.Fault{Times: -1, Before: &types.ValidationException{Message: aws.String("x")}})
		}, nil, []string{"error not_read"}},

		// account
		{"the account is in the sandbox", func(c *clinic) { c.double.SetAccountTier(simulator.Sandbox) }, nil, []string{"warning sandbox"}},
		{"the account may spend a dollar", func(c *clinic) {
			c.double.SetMaxSpendLimit(types.SpendLimitNameTextMessageMonthlySpendLimit, 1)
		}, nil, []string{"warning spend_limit_low"}},
		{"the account keeps itself to a dollar", func(c *clinic) { c.spend(1) }, nil, []string{"warning spend_limit_low"}},
		{"the account keeps itself to less than it may", func(c *clinic) { c.spend(500) }, nil, []string{"advice spend_limit_own"}},
		{"a quota is near its end", func(c *clinic) { c.double.SetAccountLimit(types.AccountLimitNamePhoneNumbers, 5) }, nil, []string{"warning quota_near"}},

		// numbers
		{"a number is not the account's", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) { in.DeletionProtectionEnabled = aws.Bool(false) })
			c.call(c.double.ReleasePhoneNumber(c.t.Context(), &api.ReleasePhoneNumberInput{PhoneNumberId: aws.String(c.ids[number])}))
		}, nil, []string{"error not_in_account"}},
		{"a number is not active yet", func(c *clinic) {
			c.number(simulator.NumberSpec{Number: number, SelfManaged: true, OptOutList: "alerts", Status: types.NumberStatusPending})
		}, nil, []string{"error not_active"}},
		{"two-way is off", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) {
				in.TwoWayEnabled, in.SelfManagedOptOutsEnabled = aws.Bool(false), aws.Bool(false)
			})
		}, nil, []string{"error no_two_way"}},
		{"a number publishes to another topic", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) {
				in.TwoWayChannelArn = aws.String("arn:aws:sns:us-east-1:111122223333:other")
			})
		}, nil, []string{"error channel_differs"}},
		{"AWS answers for heed", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(false) })
		}, nil, []string{"error mode_differs"}},
		{"a number is on another list", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) { in.OptOutListName = aws.String("shop") })
		}, nil, []string{"error list_differs"}},
		{"the list is not there", func(c *clinic) { c.rules("optOutList: alerts", "optOutList: gone") }, []string{"FILE", "--only", "numbers"}, []string{"error list_missing", "error list_differs", "error list_differs"}},
		{"the list Default is used", func(c *clinic) {
			for _, n := range []sms.Identity{"+12065550100", "+12065550101"} {
				c.update(n, func(in *api.UpdatePhoneNumberInput) { in.OptOutListName = aws.String("Default") })
			}
			c.rules("optOutList: alerts", "optOutList: Default")
		}, []string{"FILE", "--only", "numbers"}, []string{"advice default_list"}},
		{"a pool has other settings than its number", func(c *clinic) { c.pool(number, aws.Bool(false)) }, nil, []string{"error mode_differs", "advice pool_shadows"}},
		{"a number in a pool has keywords of its own", func(c *clinic) {
			c.pool(number, nil)
			c.keyword(number, "JOIN", "Welcome", "")
		}, nil, []string{"warning keywords_on_pooled"}},
		{"numbers without a list are on several", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) { in.OptOutListName = aws.String("shop") })
			c.rules("optOutList: alerts, ", "")
		}, []string{"FILE", "--only", "numbers"}, []string{"error mixed_lists"}},
		{"AWS answers a word besides heed", func(c *clinic) { c.keyword(number, "START", "Welcome back", types.KeywordActionOptIn) }, nil, []string{"warning keyword_answers"}},
		{"AWS answers a rule's word besides heed", func(c *clinic) { c.keyword("+12065550102", "HOURS", "Open all day", "") }, nil, []string{"warning keyword_answers"}},
		{"AWS's HELP is not heed.yaml's", func(c *clinic) { c.keyword("+12065550102", "HELP", "Call us at 206-555-0199, any time.", "") }, nil, []string{"warning text_differs"}},
		{"AWS's HELP is shorter than a registration takes", func(c *clinic) {
			c.keyword("+12065550102", "HELP", "Call us.", "")
			c.keyword(tollFree, "HELP", "Call us.", "")
			c.rules("answers: aws", "answers: aws\n    texts: {help: Call us.}")
		}, []string{"FILE", "--only", "numbers"}, []string{"advice text_length"}},
		{"a toll-free number is self-managed", func(c *clinic) {
			c.update(tollFree, func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) })
		}, nil, []string{"warning toll_free_self_managed"}},
		{"heed answers for a toll-free number", func(c *clinic) {
			c.update("+12065550102", func(in *api.UpdatePhoneNumberInput) { in.SelfManagedOptOutsEnabled = aws.Bool(true) })
			c.call(c.double.DeleteKeyword(c.t.Context(), &api.DeleteKeywordInput{OriginationIdentity: aws.String(c.ids["+12065550102"]), Keyword: aws.String("START")}))
			c.rules("answers: aws", "answers: heed")
		}, []string{"FILE", "--only", "numbers"}, []string{"warning toll_free_answers"}},
		{"a toll-free number takes no UNSTOP", func(c *clinic) {
			c.call(c.double.DeleteKeyword(c.t.Context(), &api.DeleteKeywordInput{OriginationIdentity: aws.String(c.ids[tollFree]), Keyword: aws.String("UNSTOP")}))
		}, nil, []string{"warning toll_free_opt_in"}},
		{"nobody comes back by START", func(c *clinic) {
			c.call(c.double.DeleteKeyword(c.t.Context(), &api.DeleteKeywordInput{OriginationIdentity: aws.String(c.ids["+12065550102"]), Keyword: aws.String("START")}))
		}, nil, []string{"warning no_opt_in"}},
		{"what AWS would say is old", func(c *clinic) { c.keyword(number, "STOP", "Bye.", "") }, nil, []string{"advice text_unused"}},
		{"heed.yaml wants it unprotected", func(c *clinic) {
			c.rules("configurationSet: acme, identities", "configurationSet: acme, deletionProtection: false, identities")
		}, []string{"FILE", "--only", "numbers"}, []string{"warning protection_differs", "warning protection_differs"}},
		{"two programs share a pool", func(c *clinic) {
			c.pool(number, nil)
			c.call(c.double.AssociateOriginationIdentity(c.t.Context(), &api.AssociateOriginationIdentityInput{
				PoolId: aws.String(c.poolID), OriginationIdentity: aws.String(c.ids["+12065550101"]), IsoCountryCode: aws.String("US"),
			}))
			c.rules(`, "+12065550101"]}`, `]}
  other: {brand: Acme, optOutList: alerts, configurationSet: acme, identities: ["+12065550101"]}`)
		}, []string{"FILE", "--only", "numbers"}, []string{"error pool_shared"}},
		{"a number is not in the pool that heed.yaml says", func(c *clinic) {
			c.pool(number, nil)
			c.rules(`["+12065550100", "+12065550101"]}`, fmt.Sprintf(`["%s"], pools: {%[1]s: ["+12065550100", "+12065550101"]}}`, c.poolID))
		}, []string{"FILE", "--only", "numbers"}, []string{"warning pool_differs"}},
		{"a number can be given away by mistake", func(c *clinic) {
			c.update(number, func(in *api.UpdatePhoneNumberInput) { in.DeletionProtectionEnabled = aws.Bool(false) })
		}, nil, []string{"advice unprotected"}},

		// topics
		{"the topic is gone", func(c *clinic) { c.outputs["InboundTopicArn"] += "-gone" }, nil, append(many("error channel_differs", 4), "error topic_missing")},
		{"the topic is FIFO", func(c *clinic) { c.topic("texts", map[string]string{"Policy": goodPolicy, "FifoTopic": "true"}, false) }, nil, []string{"error topic_fifo"}},
		{"the topic is encrypted with AWS's own key", func(c *clinic) {
			c.topic("texts", map[string]string{"Policy": goodPolicy, "KmsMasterKeyId": "alias/aws/sns"}, false)
		}, nil, []string{"error topic_key"}},
		{"the topic's policy names another account", func(c *clinic) {
			c.topic("texts", map[string]string{"Policy": strings.ReplaceAll(goodPolicy, "111122223333", "444455556666")}, false)
		}, nil, []string{"error topic_refuses"}},
		{"the topic of events takes nothing from AWS", func(c *clinic) { c.topic("events", nil, false) }, nil, []string{"error topic_refuses"}},
		{"the topic takes texts of any account", func(c *clinic) {
			c.topic("texts", map[string]string{"Policy": `{"Statement": {"Effect": "Allow", "Principal": {"Service": ["sms-voice.amazonaws.com"]}, "Action": ["SNS:Publish"], "Resource": "*"}}`}, false)
		}, nil, []string{"warning topic_open"}},
		{"no queue hears the topic", func(c *clinic) { c.aws.AddTopic("texts", map[string]string{"Policy": goodPolicy}) }, nil, []string{"error topic_unsubscribed"}},
		{"the queue gets the bare message", func(c *clinic) { c.topic("texts", map[string]string{"Policy": goodPolicy}, true) }, nil, []string{"warning topic_raw"}},

		// destinations
		{"a program has no configuration set", func(c *clinic) { c.rules("optOutList: alerts, configurationSet: acme,", "optOutList: alerts,") }, []string{"FILE", "--only", "destinations"}, []string{"advice no_set"}},
		{"the configuration set is not there", func(c *clinic) {
			c.rules("optOutList: alerts, configurationSet: acme", "optOutList: alerts, configurationSet: gone")
		}, []string{"FILE", "--only", "destinations"}, []string{"error set_missing"}},
		{"the set has no destination", func(c *clinic) { c.removeDestination(0) }, nil, []string{"error no_destination"}},
		{"the set is full of other destinations", func(c *clinic) { c.removeDestination(5) }, nil, []string{"error destinations_full"}},
		{"the destination is switched off", func(c *clinic) {
			c.destination(func(in *api.UpdateEventDestinationInput) { in.Enabled = aws.Bool(false) })
		}, nil, []string{"error destination_disabled"}},
		{"the destination leads elsewhere", func(c *clinic) {
			c.destination(func(in *api.UpdateEventDestinationInput) {
				in.SnsDestination = &types.SnsDestination{TopicArn: aws.String("arn:aws:sns:us-east-1:111122223333:other")}
			})
		}, nil, []string{"error destination_elsewhere"}},
		{"types are missing", func(c *clinic) {
			c.destination(func(in *api.UpdateEventDestinationInput) { in.MatchingEventTypes = []types.EventType{"TEXT_DELIVERED"} })
		}, nil, []string{"warning types_missing"}},
		{"the stream gets no events", func(c *clinic) { c.outputs["EventsStreamArn"] = streamOfEvents }, nil, []string{"error no_destination"}},
		{"the default message type is another", func(c *clinic) {
			c.rules("answers: aws", "answers: aws\n    messageType: promotional")
		}, []string{"FILE", "--only", "destinations"}, []string{"warning message_type_differs"}},
		{"the stream is written to with another role", func(c *clinic) {
			c.outputs["EventsStreamArn"] = streamOfEvents
			c.call(c.double.CreateEventDestination(c.t.Context(), &api.CreateEventDestinationInput{
				ConfigurationSetName: aws.String("acme"), EventDestinationName: aws.String("stream"), MatchingEventTypes: []types.EventType{"ALL"},
				KinesisFirehoseDestination: &types.KinesisFirehoseDestination{IamRoleArn: aws.String(inboundRole), DeliveryStreamArn: aws.String(c.outputs["EventsStreamArn"])},
			}))
		}, nil, []string{"warning stream_role"}},

		// queues
		{"texts are dead letters", func(c *clinic) { c.aws.Send("texts-dead", "one") }, nil, []string{"error dead_letters"}},
		{"texts wait", func(c *clinic) { c.aws.Send("texts", make([]string, 1001)...) }, nil, []string{"warning queue_lag"}},
		{"a text is given out again too soon", func(c *clinic) { c.aws.AddQueue("texts", map[string]string{"RedrivePolicy": "{}"}) }, nil, []string{"warning visibility_short"}},
		{"a queue has no dead letters", func(c *clinic) { c.aws.AddQueue("events", map[string]string{"VisibilityTimeout": "185"}) }, nil, []string{"error no_redrive"}},
		{"a queue is not there", func(c *clinic) { c.outputs["EventsDeadLettersUrl"] += "-gone" }, nil, []string{"error queue_missing"}},
	} {
		t.Run(f.sentence, func(t *testing.T) { f.found(t, p) })
	}
}

func many(finding string, n int) []string {
	var all []string
	for range n {
		all = append(all, finding)
	}
	return all
}

// action puts one row in the outbox.
func (c *clinic) action(state, since, settled string) {
	c.t.Helper()
	c.sql(fmt.Sprintf(`INSERT INTO heed.outbox (chain, seq, kind, program, contact, identity, state, not_before, created_at, settled_at, error)
		VALUES ('c', 1, 'reply', 'alerts', '+14255550101', '+12065550100', '%s', %s, %[2]s, %s, 'NO_ORIGINATION_IDENTITIES_FOUND')`, state, since, settled))
}

func (c *clinic) spend(limit int64) {
	c.t.Helper()
	c.call(c.double.SetTextMessageSpendLimitOverride(c.t.Context(), &api.SetTextMessageSpendLimitOverrideInput{MonthlyLimit: &limit}))
}

// pool puts a number into a pool, and then changes who answers for the pool.
func (c *clinic) pool(number sms.Identity, selfManaged *bool) {
	c.t.Helper()
	made, err := c.double.CreatePool(c.t.Context(), &api.CreatePoolInput{
		OriginationIdentity: aws.String(c.ids[number]), IsoCountryCode: aws.String("US"), MessageType: types.MessageTypeTransactional, DeletionProtectionEnabled: aws.Bool(true),
	})
	c.call(made, err)
	c.poolID = *made.PoolId
	c.call(c.double.UpdatePool(c.t.Context(), &api.UpdatePoolInput{PoolId: made.PoolId, SelfManagedOptOutsEnabled: selfManaged}))
}

// rules changes the ruleset in the file.
func (c *clinic) rules(old, changed string) {
	c.t.Helper()
	document := strings.Replace(doctorRules, old, changed, 1)
	if document == doctorRules {
		c.t.Fatalf("the ruleset has no %q", old)
	}
	if err := os.WriteFile(c.file, []byte(document), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// What cannot be looked at is told, and does not keep the rest from being looked at.
func TestDoctorGoesOn(t *testing.T) {
	c := newClinic(t, newPatient(t))
	c.aws.Send("texts-dead", "one")
	t.Setenv("DATABASE_URL", "postgres://heed:secret-of-the-database@127.0.0.1:1/heed?sslmode=disable")
	code, out, _ := heed(t, "", "doctor")
	for _, says := range []string{"database_unreachable", "dead_letters", "numbers: not looked at: there is no ruleset", "heed replay --source dlq"} {
		if code != exitNo || !strings.Contains(out, says) {
			t.Errorf("exit %d, without %q:\n%s", code, says, out)
		}
	}
	t.Setenv("AWS_REGION", "")
	if code, out, _ := heed(t, "", "doctor", "--only", "queues"); code != exitNo || !strings.Contains(out, "queues: not looked at: there is no AWS Region") {
		t.Errorf("exit %d\n%s", code, out)
	}
	if code, _, errs := heed(t, "", "doctor", "--only", "weather"); code != exitUsage || !strings.Contains(errs, "destinations") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// AWS allows one call a second of each kind, and heed doctor keeps to it.
func TestDoctorKeepsThePace(t *testing.T) {
	c := newClinic(t, newPatient(t))
	c.double.SetLimits(simulator.AWSLimits())
	t.Setenv("HEED_AWS_CALLS_PER_SECOND", "1")
	begin, before := time.Now(), len(c.double.Calls())
	c.want([]string{"--only", "account", "--no-stack"})
	calls := c.double.Calls()[before:]
	for _, call := range calls {
		if call.Err != nil {
			t.Errorf("%s: %v", call.Operation, call.Err)
		}
	}
	if took := time.Since(begin); took < time.Duration(len(calls)-1)*time.Second {
		t.Errorf("%d calls in %s", len(calls), took)
	}
}
