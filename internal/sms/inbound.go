package sms

import "strings"

// Variant is the kind of content that one inbound payload carries. It is part of the key under which a payload is
// recorded: AWS gives a conversation's billing event the id of the text that opened it.
type Variant string

// The variants that AWS publishes on a two-way topic (two-way-sms-payload, rcs-inbound, rcs-inbound-media,
// rcs-events).
const (
	VariantSMS          Variant = "sms"
	VariantRCSText      Variant = "rcs_text"
	VariantRCSMedia     Variant = "rcs_media"
	VariantTyping       Variant = "rcs_typing"
	VariantSuggestion   Variant = "rcs_suggestion"
	VariantConversation Variant = "rcs_conversation"
	VariantLocation     Variant = "rcs_location"
	VariantUnsubscribe  Variant = "rcs_unsubscribe"
	VariantUnknown      Variant = "rcs_unknown"
)

// Inbound is one message of a person to one of our identities.
type Inbound struct {
	// ID is AWS's inboundMessageId: opaque text, a UUID for SMS, other shapes for RCS. It may be empty.
	ID      string
	Variant Variant
	// Contact is the person (AWS: originationNumber), Identity is ours (AWS: destinationNumber).
	Contact  Phone
	Identity Identity
	// Body is messageBody as typed, made storable.
	Body string
	// Said holds what the person said, in the order it should be read: the text, or for a tapped suggestion its
	// postback data and then its label. Empty for everything that is not a person's words.
	Said []string
	// AWSKeyword is messageKeyword: evidence only, never a command. When nothing matched AWS writes a
	// placeholder such as KEYWORD_111122223333.
	AWSKeyword string
	// PreviousMessageID is the message of ours that is being answered, where AWS knows it.
	PreviousMessageID string
	// Raw is the payload as it came, made storable.
	Raw string
}

// ParseInbound reads the payload that AWS publishes for an inbound message. Unknown members are kept in Raw and
// otherwise ignored. It fails with a [*Reject] when the payload is not one of these, or says not who sent it.
func ParseInbound(raw []byte) (Inbound, error) {
	whole := string(raw)
	in := Inbound{Variant: VariantSMS, Raw: Storable(whole)}
	var isInbound, isEvent, hasBody bool
	err := eachMember(raw, whole, func(name []byte, v value) {
		switch string(name) {
		case "originationNumber":
			in.Contact, isInbound = ParsePhone(text(v)), true
		case "destinationNumber":
			in.Identity, isInbound = ParseIdentity(text(v)), true
		case "inboundMessageId":
			in.ID, isInbound = text(v), true
		case "messageBody":
			in.Body, hasBody = text(v), true
		case "messageKeyword":
			in.AWSKeyword = text(v)
		case "previousPublishedMessageId":
			in.PreviousMessageID = text(v)
		case "eventType", "event_type", "registrationDetails":
			isEvent = true
		}
	})
	switch {
	case err != nil:
		return Inbound{}, err
	case !isInbound && isEvent:
		return Inbound{}, reject("not_inbound", "this is an event, not an inbound text: is its topic wired to the wrong function?")
	case !isInbound:
		return Inbound{}, reject("not_inbound", "no originationNumber, destinationNumber or inboundMessageId")
	case in.Contact == "":
		return Inbound{}, reject("missing_contact", "originationNumber is missing or empty")
	case in.Identity == "":
		return Inbound{}, reject("missing_identity", "destinationNumber is missing or empty")
	}
	if hasBody {
		in.readBody()
	}
	return in, nil
}

// readBody tells a person's words from the JSON objects that RCS events put in their place.
func (in *Inbound) readBody() {
	if in.Identity.IsRCSAgent() {
		in.Variant = VariantRCSText
	}
	content, ok := readContent(in.Body)
	if !ok {
		in.Said = []string{in.Body}
		return
	}
	switch kind := strings.ToUpper(content.kind); {
	case strings.Contains(kind, "UNSUBSCRIBE"):
		in.Variant = VariantUnsubscribe
	case kind == "" && content.media:
		in.Variant = VariantRCSMedia
	case kind == "RCS_TYPING":
		in.Variant = VariantTyping
	case kind == "SUGGESTION":
		in.Variant = VariantSuggestion
		for _, said := range []string{content.postback, content.label} {
			if said != "" {
				in.Said = append(in.Said, said)
			}
		}
	case kind == "CONVERSATION_STARTED":
		in.Variant = VariantConversation
	case strings.Contains(kind, "LOCATION") && in.Identity.IsRCSAgent():
		in.Variant = VariantLocation
	case kind != "" && in.Identity.IsRCSAgent():
		in.Variant = VariantUnknown
	default:
		// Somebody texted JSON to an ordinary number: odd, but theirs.
		in.Said = []string{in.Body}
	}
}

type content struct {
	kind            string
	media           bool
	postback, label string
}

func readContent(body string) (content, bool) {
	var c content
	if !strings.HasPrefix(strings.TrimSpace(body), "{") {
		return c, false
	}
	err := eachMember([]byte(body), body, func(name []byte, v value) {
		switch string(name) {
		case "type":
			c.kind = text(v)
		case "mediaStatus":
			c.media = true
		case "postbackData":
			c.postback = text(v)
		case "text":
			c.label = text(v)
		}
	})
	return c, err == nil
}
