// Package vitals is what heed doctor looks at, without a judgement: the database, the account of AWS, its topics and
// queues, as they were found. Who reads it is elsewhere; internal/doctor judges.
package vitals

import "time"

// Database is what can be seen of Postgres and of heed's schema in it.
type Database struct {
	Host string
	// Version is Postgres's own number: 150018 for 15.18.
	Version int
	// User is who asked, Superuser whether nothing is refused to them.
	User      string
	Superuser bool
	// Clock is the time of the database, Asked the time of this machine in the middle of the question.
	Clock, Asked time.Time

	// Schema is the number of the newest migration that was applied; 0 without heed's schema.
	Schema int64
	// Absent are roles that the migrations make and the server does not have.
	Absent []string
	// Lacking are the rights that roles lack which they need.
	Lacking []Grant
	// Refused is what Postgres refused to the user while heed looked, Missing what it did not find, as in a schema of
	// another release; "" for nothing. What follows is unread then.
	Refused, Missing string

	// Days is, by partitioned table, the last day that has a partition; zero where none has.
	Days map[string]time.Time
	// Stray is, by partitioned table, how many rows of the last day and later stand outside the days.
	Stray map[string]int64
	// Counted is when the relay last counted; zero: never.
	Counted time.Time
	// Due are the promises whose time has come, DueSince since when the first waits.
	Due      int64
	DueSince time.Time
	// Failed were refused by AWS within a week; Unknown may have gone out; Locked are people whom AWS holds on a list.
	Failed, Unknown, Locked int64
	// FailedWhy is the most frequent error of those that failed.
	FailedWhy string
	// Parked are the inputs that were set aside and not replayed.
	Parked int64
	// Reconciled is, by opt-out list, when a pass over it last ended.
	Reconciled map[string]time.Time
	// Ruleset is the version in force, 0 for none, and Document what it says.
	Ruleset  int64
	Document []byte
}

// Grant is a right of a role: INSERT on heed.inbound.
type Grant struct{ Role, Right, On string }

// Caller is who calls AWS.
type Caller struct{ Account, ARN, Region string }

// Limit is a quota of the account and how much of it is used.
type Limit struct {
	Name      string // AWS's word: PHONE_NUMBERS
	Used, Max int64
}

// Spend is what the account may spend in a month on messages of one kind, in USD.
type Spend struct {
	Name          string // AWS's word: TEXT_MESSAGE_MONTHLY_SPEND_LIMIT
	Enforced, Max int64
	Overridden    bool // the account set Enforced itself
}

// Topic is an SNS topic.
type Topic struct {
	ARN    string
	Exists bool
	FIFO   bool
	Policy string // JSON
	Key    string // id, alias or ARN of the KMS key with which it is encrypted; "" for none
	// Subscriptions are those of the topic.
	Subscriptions []Subscription
}

// Subscription is one of a topic.
type Subscription struct {
	ARN      string // PendingConfirmation until it is confirmed
	Protocol string
	Endpoint string
	Raw      bool // the bare message, without when it was sent
}

// Queue is an SQS queue.
type Queue struct {
	URL        string
	Exists     bool
	Waiting    int64 // messages that nobody has
	UnderWay   int64 // messages that somebody has
	Visibility time.Duration
	Redriven   bool // what was tried too often goes to another queue
}

// Denial is a right that a principal lacks.
type Denial struct{ Principal, Action, Resource string }
