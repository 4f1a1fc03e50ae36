package plan

// Op is what happens to something.
type Op string

// The kinds of changes.
const (
	Add    Op = "+"
	Modify Op = "~"
	Remove Op = "-"
)

// Code is a stable word for a kind of difference. heed doctor tells the same differences under the same words, and
// docs/doctor.md has them all.
type Code string

// The codes of what differs.
const (
	Elsewhere          Code = "deployment_elsewhere"
	ListMissing        Code = "list_missing"
	SetMissing         Code = "set_missing"
	MessageTypeDiffers Code = "message_type_differs"

	NoDestination        Code = "no_destination"
	DestinationElsewhere Code = "destination_elsewhere"
	DestinationsFull     Code = "destinations_full"
	DestinationDisabled  Code = "destination_disabled"
	TypesMissing         Code = "types_missing"
	StreamRole           Code = "stream_role"

	NotInAccount      Code = "not_in_account"
	PoolDiffers       Code = "pool_differs"
	PoolShared        Code = "pool_shared"
	NoTwoWay          Code = "no_two_way"
	ChannelDiffers    Code = "channel_differs"
	ModeDiffers       Code = "mode_differs"
	ListDiffers       Code = "list_differs"
	MixedLists        Code = "mixed_lists"
	ProtectionDiffers Code = "protection_differs"
	TollFreeManaged   Code = "toll_free_self_managed"
	TollFreeAnswers   Code = "toll_free_answers"

	TextDiffers    Code = "text_differs"
	TextUnused     Code = "text_unused"
	NoOptIn        Code = "no_opt_in"
	TollFreeOptIn  Code = "toll_free_opt_in"
	KeywordAnswers Code = "keyword_answers"

	RulesetMissing Code = "ruleset_missing"
	RulesetDiffers Code = "ruleset_differs"
)

// Change is one difference between what is wanted and what is there, for people to read.
type Change struct {
	Op   Op   `json:"op"`
	Code Code `json:"code"`
	// Program is whose it is, several with commas between; About the number, pool, list or set, by its name.
	Program string `json:"program,omitempty"`
	About   string `json:"about,omitempty"`

	What  string `json:"what"`  // such as "phone number +12065550100 (phone-…)"
	Field string `json:"field"` // such as "two-way", "keyword JOIN"; "" is the thing itself
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
	Why   string `json:"why,omitempty"`
	// Danger says what the change does to people or to other systems that cannot be taken back; "" is none.
	Danger string `json:"danger,omitempty"`
	// Blocked says why heed may not or cannot make the change, and what to do; "" where it can.
	Blocked string `json:"blocked,omitempty"`
}

// Step is one call, and the changes that it makes.
type Step struct {
	Action  Action   `json:"-"`
	Changes []Change `json:"changes"`
}

// Plan is what to do, in the order in which it is safe.
type Plan struct {
	Steps []Step `json:"steps"`
	// Left is drift that heed may not or cannot mend: each of them says why.
	Left []Change `json:"left"`
	// Notes are what is worth knowing and no drift.
	Notes []string `json:"notes"`
}

// Empty says that the account is as it should be.
func (p Plan) Empty() bool { return len(p.Steps) == 0 && len(p.Left) == 0 }

// Changes are all that the steps change.
func (p Plan) Changes() []Change {
	var all []Change
	for _, s := range p.Steps {
		all = append(all, s.Changes...)
	}
	return all
}

// Dangers are the changes that are dangerous.
func (p Plan) Dangers() []Change {
	var all []Change
	for _, c := range p.Changes() {
		if c.Danger != "" {
			all = append(all, c)
		}
	}
	return all
}

// Action is one call that changes something: one of the types below. Each says how a thing is to be, not how it is to
// change, so that it can be done twice.
type Action interface{ action() }

// The actions.
type (
	// CreateList makes an opt-out list.
	CreateList struct{ Name string }
	// CreateSet makes a configuration set.
	CreateSet struct{ Name string }
	// SetMessageType gives a configuration set its default message type.
	SetMessageType struct{ Set, MessageType string }
	// CreateDestination adds an event destination to a configuration set.
	CreateDestination struct {
		Set         string
		Destination Destination
	}
	// UpdateDestination makes an event destination, by its name, what is given.
	UpdateDestination struct {
		Set         string
		Destination Destination
	}
	// PutKeyword makes or changes what AWS answers by itself on a number or pool, by its id. An empty action leaves the
	// action as it is: that of HELP and STOP cannot be named.
	PutKeyword struct{ ID, Word, Action, Message string }
	// DeleteKeyword takes a word away from a number or pool.
	DeleteKeyword struct{ ID, Word string }
	// UpdateIdentity changes settings of a number or a pool in one call. Empty and nil leave a setting as it is.
	UpdateIdentity struct {
		Kind        Kind
		ID          string
		Channel     string // where texts go; two-way is turned on with it
		SelfManaged *bool
		OptOutList  string // name or ARN
		Protected   *bool
	}
	// ApplyRuleset puts the file in force.
	ApplyRuleset struct{}
)

func (CreateList) action()        {}
func (CreateSet) action()         {}
func (SetMessageType) action()    {}
func (CreateDestination) action() {}
func (UpdateDestination) action() {}
func (PutKeyword) action()        {}
func (DeleteKeyword) action()     {}
func (UpdateIdentity) action()    {}
func (ApplyRuleset) action()      {}

// Switches says whether a change decides who hears people's texts, or who answers them.
func (u UpdateIdentity) Switches() bool { return u.Channel != "" || u.SelfManaged != nil }

// Operation is AWS's name of the call, as in sms-voice:UpdatePool; "" for what is no call of AWS.
func Operation(a Action) string {
	switch a := a.(type) {
	case CreateList:
		return "CreateOptOutList"
	case CreateSet:
		return "CreateConfigurationSet"
	case SetMessageType:
		return "SetDefaultMessageType"
	case CreateDestination:
		return "CreateEventDestination"
	case UpdateDestination:
		return "UpdateEventDestination"
	case PutKeyword:
		return "PutKeyword"
	case DeleteKeyword:
		return "DeleteKeyword"
	case UpdateIdentity:
		if a.Kind == Pool {
			return "UpdatePool"
		}
		return "UpdatePhoneNumber"
	}
	return ""
}
