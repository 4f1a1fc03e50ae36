// Package plan compares how AWS is set up with what heed.yaml and the deployment want, says what to change, in which
// order and why, and changes it. Deciding is pure; internal/eum reads and writes.
package plan

import "github.com/heedsms/heed/internal/sms"

// Kind is what an identity is.
type Kind string

// The kinds.
const (
	Number Kind = "number"
	Pool   Kind = "pool"
)

// Identity is a number or a pool as the account has it. RCS agents and sender ids are not looked at.
type Identity struct {
	Kind Kind
	ID   string // phone-…, pool-…
	ARN  string
	// Number is the number in E.164 or the short code; of a pool its id.
	Number sms.Identity
	// Type is AWS's word for the kind of a number: LONG_CODE, TOLL_FREE, TEN_DLC, SHORT_CODE, SIMULATOR. Country is its
	// ISO code. Both are empty for a pool.
	Type, Country string
	// Pool is the id of the pool that a number sits in, "" for none. Its settings are the pool's then: AWS refuses to
	// change the number's.
	Pool string
	// Members are the ids of what sits in a pool.
	Members []string
	Status  string // ACTIVE, PENDING, …

	Inbound
}

// Inbound is what numbers and pools have in common: where texts go, who answers STOP, and what AWS itself
// answers.
type Inbound struct {
	TwoWay      bool
	Channel     string // ARN of the topic, or Amazon Connect's endpoint
	ChannelRole string // ARN, "" for none
	SelfManaged bool   // heed answers HELP and STOP, not AWS
	OptOutList  string // by its name
	Protected   bool   // deletion protection
	// Keywords are what AWS answers by itself, by the word in capitals. Nil where they were not read.
	Keywords map[string]Keyword
}

// Keyword is one word that AWS answers.
type Keyword struct {
	Action  string // AUTOMATIC_RESPONSE, OPT_OUT, OPT_IN
	Message string
}

// List is an opt-out list.
type List struct{ Name, ARN string }

// Set is a configuration set.
type Set struct {
	Name, ARN    string
	MessageType  string // its default, TRANSACTIONAL or PROMOTIONAL; "" for none
	Destinations []Destination
}

// Destination is where the delivery events of a configuration set go: one of the three.
type Destination struct {
	Name    string
	Enabled bool
	Types   []string // AWS's words, ALL and TEXT_ALL among them
	Topic   string   // ARN of an SNS topic
	Stream  string   // ARN of a Firehose stream
	Role    string   // with which AWS writes to a stream or a log group
	Logs    string   // ARN of a log group
}

// Found is how the account is set up, in one Region.
type Found struct {
	Identities []Identity // pools, then numbers
	Lists      []List
	Sets       []Set
}
