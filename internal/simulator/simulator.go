package simulator

import (
	"context"
	"crypto/rsa"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"

	"github.com/heedsms/heed/internal/sms"
)

// Options are the settings of a [Simulator]. The zero value is a working double in us-east-1.
type Options struct {
	// Region is the AWS Region in ARNs and envelopes. Empty means us-east-1.
	Region string
	// AccountID is the 12-digit account in ARNs and in the KEYWORD_ placeholder. Empty means 111122223333.
	AccountID string
	// Now is the clock. Nil means time.Now. [Simulator.Advance] is added to what it tells.
	Now func() time.Time
	// Seed decides every id and every shuffle. The same seed and the same calls give the same double. In a directory of
	// [Open] the seed of its beginning holds.
	Seed uint64

	// AutoDeliver delivers the events of a send before the send is answered, as far as they fall within a minute;
	// later ones go out when [Simulator.Advance] reaches them. Without it they wait for [Simulator.Deliver].
	AutoDeliver bool
	// PublishManaged also publishes HELP, STOP and its synonyms to the two-way topic when AWS answers them itself.
	// AWS's pages contradict each other here (opt-out-list-self-managed against rcs-inbound), so both can be had.
	PublishManaged bool
	// Sandbox keeps the account in the sandbox, where a new one is: texts go to verified destination numbers and to the
	// numbers with a fate of their own only.
	Sandbox bool
	// OptInLock is the error of a second DeleteOptedOutNumber within 30 days. AWS does not publish it.
	OptInLock OptInLock
	// VisibleAfter is how long a change of an opt-out list takes to show in DescribeOptedOutNumbers. Sends and further
	// changes see it at once. AWS promises neither.
	VisibleAfter time.Duration
	// Limits are request rates. Nil means none.
	Limits *Limits
	// RCSEvents tells of what RCS agents send in the event types of RCS (RCS_SENT, RCS_DELIVERED, RCS_READ, ...). Without
	// it they are those of a text, with the agent as its origin. AWS documents both (pages rcs-events and
	// configuration-sets-event-format) and does not say when it is which.
	RCSEvents bool
	// MaxMessages bounds the memory: of messages, published notifications, calls and client tokens as many are kept, the
	// oldest are forgotten, and with a message what depends on it (replies name it, a pool keeps to its number, a recipient's
	// calls are counted). An event that waits is never forgotten: when four for each of these messages wait, sends are
	// throttled until some are delivered. 0 keeps everything.
	MaxMessages int
	// SignatureVersion is the version of the signatures in SNS envelopes, 1 (SHA-1) or 2 (SHA-256), of every topic that
	// [Simulator.SetSignatureVersion] names no other for. 0 means 1, as with AWS's topics.
	SignatureVersion int
	// SigningKey signs the envelopes. Nil means a key that is made once in a process, at random: Go makes no RSA key
	// from a seed, so signatures differ from run to run where nothing else does.
	SigningKey *rsa.PrivateKey
	// Unsigned leaves a placeholder where the signature belongs. A signature takes a millisecond or two, and what
	// comes through a queue or Lambda is verified by nobody.
	Unsigned bool
	// OnCall is called for every operation, from the goroutine that serves it, before its effect and again after
	// it, before the caller hears of it. A crash test kills the caller here.
	OnCall func(phase Phase, operation string)
}

// Simulator is the double. All methods may be called from several goroutines.
type Simulator struct {
	options    Options
	operations map[string]operation
	signer     func() *signer // made once, when it is first needed

	mu      sync.Mutex // guards everything below
	shift   time.Duration
	source  *rand.PCG  // of random
	random  *rand.Rand // what a call draws that changes the account: see begin
	passing *rand.Rand // what is drawn for all that is not kept: requests, notifications, faults
	changes int        // calls so far that changed the account
	file    *callFile  // keeps them, or nil
	faults  []*pendingFault
	chaos   Chaos
	rates   map[string][]counted
	tokens  map[string]idempotent
	calls   journal[Call]
	optIns  map[string]time.Time // number → when it was last deleted from an opt-out list by the API
	issued  int                  // numbers handed out by RequestPhoneNumber
	lists   map[string]*optOutList
	numbers map[string]*phoneNumber // by phone number id
	pools   map[string]*pool
	agents  map[string]*rcsAgent
	sets    map[string]*configurationSet
	tier    AccountTier
	quotas  map[types.AccountLimitName]int64
	spend   map[types.SpendLimitName]types.SpendLimit

	spending spending // of the present month

	tokenOrder journal[string] // the keys of tokens, oldest first

	senderIDs      map[string]*senderID // by name and country
	protects       map[string]*protectConfiguration
	defaultProtect string // id, or empty
	notifies       map[string]*notifyConfiguration
	started        time.Time // when the double was made, as its templates were

	attached map[string]*attached // tags and policies, by the ARN of their resource

	ratesForgotten time.Time // when rates were last swept

	messages journal[*Message]

	registrations map[string]*registration
	attachments   map[string]*attachment
	uploads       []time.Time // when attachments were created, in the past day
	verified      map[string]*verifiedDestination

	byID        map[string]*Message
	byRecipient map[sms.Phone][]*Message
	waiting     waitingLine
	published   journal[Notification]
	topics      map[string][]*subscription
	firehoses   map[string][]func(context.Context, []byte)
	logs        map[string][]func(context.Context, string)

	subscriptions int                  // made so far
	address       string               // where Handler is reached, or empty
	versions      map[string]int       // signature version by topic
	endpoints     map[string]*endpoint // HTTP subscriptions by token
	closed        bool                 // see Close
	behind        sync.WaitGroup       // endpoints that have a line
}

// complete are the options with what they leave out.
func (o Options) complete() Options {
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	if o.AccountID == "" {
		o.AccountID = "111122223333"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// New makes a double that holds nothing but the opt-out list Default, as a new account does. Its state ends with it;
// [Open] makes one that keeps it.
func New(options Options) *Simulator {
	options = options.complete()
	source := rand.NewPCG(options.Seed, 0)
	s := &Simulator{
		options:     options,
		source:      source,
		random:      rand.New(source),
		passing:     rand.New(rand.NewPCG(options.Seed, 0x736d732d766f6963)),
		rates:       map[string][]counted{},
		tokens:      map[string]idempotent{},
		tokenOrder:  journal[string]{limit: options.MaxMessages},
		optIns:      map[string]time.Time{},
		lists:       map[string]*optOutList{},
		numbers:     map[string]*phoneNumber{},
		pools:       map[string]*pool{},
		agents:      map[string]*rcsAgent{},
		sets:        map[string]*configurationSet{},
		senderIDs:   map[string]*senderID{},
		notifies:    map[string]*notifyConfiguration{},
		started:     options.Now(),
		protects:    map[string]*protectConfiguration{},
		attached:    map[string]*attached{},
		tier:        Production,
		quotas:      newQuotas(),
		spend:       newSpendLimits(),
		byID:        map[string]*Message{},
		byRecipient: map[sms.Phone][]*Message{},

		messages:      journal[*Message]{limit: options.MaxMessages},
		calls:         journal[Call]{limit: options.MaxMessages},
		published:     journal[Notification]{limit: options.MaxMessages},
		topics:        map[string][]*subscription{},
		registrations: map[string]*registration{},
		attachments:   map[string]*attachment{},
		verified:      map[string]*verifiedDestination{},

		firehoses: map[string][]func(context.Context, []byte){},
		logs:      map[string][]func(context.Context, string){},
		versions:  map[string]int{},
		endpoints: map[string]*endpoint{},
	}
	if options.Sandbox {
		s.tier = Sandbox
	}
	s.operations = operationsOf(s)
	s.signer = processSigner
	if options.SigningKey != nil {
		s.signer = sync.OnceValue(func() *signer { return newSigner(options.SigningKey) })
	}
	s.lists[defaultOptOutList] = s.newOptOutList(defaultOptOutList, options.Now())
	return s
}

// full says whether as many events wait as [Options.MaxMessages] allows. The caller holds the lock.
func (s *Simulator) full() bool {
	const eventsOfAMessage = 4
	most := s.options.MaxMessages * eventsOfAMessage
	return most > 0 && len(s.waiting.earliest) >= most
}

// Now is the double's time: the clock of [Options.Now], moved by [Simulator.Advance].
func (s *Simulator) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// now is Now for who holds the lock.
func (s *Simulator) now() time.Time { return s.options.Now().Add(s.shift) }

// newUUID makes the id of a message, in a call that began. The caller holds the lock.
func (s *Simulator) newUUID() string { return uuidFrom(s.random) }

// passingUUID makes the id of something that is not kept. The caller holds the lock.
func (s *Simulator) passingUUID() string { return uuidFrom(s.passing) }

// uuidFrom makes an id of the form of AWS's message ids.
func uuidFrom(random *rand.Rand) string {
	high, low := random.Uint64(), random.Uint64()
	high = high&^0xf000 | 0x4000
	low = low&^(0b11<<62) | 0b10<<62
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low)
	id := make([]byte, 0, 36)
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			id = append(id, '-')
		}
		id = hex.AppendEncode(id, part)
	}
	return string(id)
}

// newID makes an id of the form of AWS's resource ids, such as phone- and 32 hex digits, in a call that began. The caller
// holds the lock.
func (s *Simulator) newID(prefix string) string {
	return fmt.Sprintf("%s-%016x%016x", prefix, s.random.Uint64(), s.random.Uint64())
}

// uuid is passingUUID for who does not hold the lock.
func (s *Simulator) uuid() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.passingUUID()
}
