package metrics

// Name is one metric, as CloudWatch lists it in the namespace heed. docs/metrics.md says of each what it counts and
// which alarm it is for.
type Name string

// What the function for delivery events writes.
const (
	EventsReceived    Name = "EventsReceived"
	EventsNew         Name = "EventsNew"
	EventsDuplicate   Name = "EventsDuplicate"
	EventsParked      Name = "EventsParked"
	EventsReturned    Name = "EventsReturned"
	EventLag          Name = "EventLag"
	MessagesAccepted  Name = "MessagesAccepted"
	MessagesDelivered Name = "MessagesDelivered"
	MessagesFailed    Name = "MessagesFailed"
	OptedOutByCarrier Name = "OptedOutByCarrier"
	NumbersSuspended  Name = "NumbersSuspended"
)

// What the function for texts writes.
const (
	TextsReceived     Name = "TextsReceived"
	TextsNew          Name = "TextsNew"
	TextsParked       Name = "TextsParked"
	TextsReturned     Name = "TextsReturned"
	TextsUnconfigured Name = "TextsUnconfigured"
	TextLag           Name = "TextLag"
	OptOuts           Name = "OptOuts"
	OptIns            Name = "OptIns"
	Unclear           Name = "Unclear"
	Unmatched         Name = "Unmatched"
)

// What whoever carries out promises writes: the function for texts, and the relay.
const (
	RepliesSent         Name = "RepliesSent"
	RepliesFailed       Name = "RepliesFailed"
	ActionsExpired      Name = "ActionsExpired"
	RepliesUnknown      Name = "RepliesUnknown"
	OptOutListFailed    Name = "OptOutListFailed"
	RepliesLost         Name = "RepliesLost"
	OptedOutBySilence   Name = "OptedOutBySilence"
	ActionsRecovered    Name = "ActionsRecovered"
	OutboxDue           Name = "OutboxDue"
	OutboxOldest        Name = "OutboxOldest"
	OutboxUnknown       Name = "OutboxUnknown"
	ReviewQueueOpen     Name = "ReviewQueueOpen"
	ReviewQueueOldest   Name = "ReviewQueueOldest"
	ParkedOpen          Name = "ParkedOpen"
	ReportsAge          Name = "ReportsAge"
	PartitionsPostponed Name = "PartitionsPostponed"
)

// unit is one of the words that CloudWatch knows (API_MetricDatum).
type unit string

const (
	count        unit = "Count"
	seconds      unit = "Seconds"
	milliseconds unit = "Milliseconds"
)

// dimensions says under which sets of dimensions a metric is published. CloudWatch adds nothing up over dimensions, so
// whatever an alarm needs as a sum has a set of its own. Each set with each value is a metric that costs: nothing in
// them may grow with traffic.
type dimensions int

const (
	alone     dimensions = iota // no dimension
	byProgram                   // no dimension; Program
	byFailure                   // no dimension; Program; Status; Program and Status; Reason
	byReason                    // no dimension; Reason
)

func (d dimensions) sets() string {
	switch d {
	case byProgram:
		return `[[],["Program"]]`
	case byFailure:
		return `[[],["Program"],["Status"],["Program","Status"],["Reason"]]`
	case byReason:
		return `[[],["Reason"]]`
	}
	return `[[]]`
}

// of keeps of the labels those that the sets name.
func (d dimensions) of(l Labels) Labels {
	switch d {
	case byProgram:
		return Labels{Program: bounded(l.Program)}
	case byFailure:
		return Labels{Program: bounded(l.Program), Status: bounded(l.Status), Reason: bounded(l.Reason)}
	case byReason:
		return Labels{Reason: bounded(l.Reason)}
	}
	return Labels{}
}

type definition struct {
	unit unit
	by   dimensions
}

var definitions = map[Name]definition{
	EventsReceived:    {count, alone},
	EventsNew:         {count, alone},
	EventsDuplicate:   {count, alone},
	EventsParked:      {count, alone},
	EventsReturned:    {count, alone},
	EventLag:          {milliseconds, alone},
	MessagesAccepted:  {count, byProgram},
	MessagesDelivered: {count, byProgram},
	MessagesFailed:    {count, byFailure},
	OptedOutByCarrier: {count, alone},
	NumbersSuspended:  {count, alone},

	TextsReceived:     {count, alone},
	TextsNew:          {count, alone},
	TextsParked:       {count, alone},
	TextsReturned:     {count, alone},
	TextsUnconfigured: {count, alone},
	TextLag:           {milliseconds, alone},
	OptOuts:           {count, byProgram},
	OptIns:            {count, byProgram},
	Unclear:           {count, byProgram},
	Unmatched:         {count, byProgram},

	RepliesSent:      {count, alone},
	RepliesFailed:    {count, byReason},
	ActionsExpired:   {count, alone},
	RepliesUnknown:   {count, alone},
	OptOutListFailed: {count, byReason},

	RepliesLost:         {count, alone},
	OptedOutBySilence:   {count, alone},
	ActionsRecovered:    {count, alone},
	OutboxDue:           {count, alone},
	OutboxOldest:        {seconds, alone},
	OutboxUnknown:       {count, alone},
	ReviewQueueOpen:     {count, alone},
	ReviewQueueOldest:   {seconds, alone},
	ParkedOpen:          {count, alone},
	ReportsAge:          {seconds, alone},
	PartitionsPostponed: {count, alone},
}
