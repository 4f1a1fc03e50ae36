package simulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// deliveryEvent is the JSON of one event, in the order of AWS's samples (pages configuration-sets-event-format and
// rcs-events). Each channel has its own members; what it has not is left out.
type deliveryEvent struct {
	ContentType       string            `json:"contentType,omitempty"`
	EventType         string            `json:"eventType"`
	EventVersion      string            `json:"eventVersion"`
	EventTimestamp    int64             `json:"eventTimestamp"` // milliseconds since the epoch
	IsFinal           bool              `json:"isFinal"`
	Origination       string            `json:"originationPhoneNumber"`
	Destination       string            `json:"destinationPhoneNumber"`
	Country           string            `json:"isoCountryCode,omitempty"`
	International     *bool             `json:"isInternationalSend,omitempty"`
	MCC               string            `json:"mcc,omitempty"`
	MNC               string            `json:"mnc,omitempty"`
	MessageID         string            `json:"messageId"`
	RequestTimestamp  int64             `json:"messageRequestTimestamp"` // milliseconds since the epoch
	Encoding          string            `json:"messageEncoding,omitempty"`
	MessageType       string            `json:"messageType,omitempty"`
	Status            string            `json:"messageStatus"`
	StatusDescription string            `json:"messageStatusDescription,omitempty"`
	CallSeconds       int               `json:"callDurationInSeconds,omitempty"`
	CallMinutes       int               `json:"totalDurationInMinutes,omitempty"`
	Context           map[string]string `json:"context,omitempty"`
	TotalParts        int               `json:"totalMessageParts,omitempty"`
	TotalPrice        *float64          `json:"totalMessagePrice,omitempty"` // USD
	TotalCarrierFee   *float64          `json:"totalCarrierFee,omitempty"`   // USD
	RCS               *rcsMetadata      `json:"rcsMetadata,omitempty"`
	BusinessID        string            `json:"rcsBusinessId,omitempty"`
	AgentCountry      string            `json:"agentIsoCountryCode,omitempty"`
	ProtectConfig     *protectConfig    `json:"protectConfiguration,omitempty"`
	ProtectAssessment *protectVerdict   `json:"protectConfigurationAssessment,omitempty"`
}

type rcsMetadata struct {
	BillingEventType string `json:"billingEventType"`
}

type protectConfig struct {
	ID     string `json:"protectConfigurationId"`
	Status string `json:"protectStatus"`
}

type protectVerdict struct {
	Recommendation string            `json:"protectRecommendation"`
	Insights       map[string]string `json:"protectInsights,omitempty"`
}

// eventOf is the event that tells of one step of a message.
func eventOf(m *Message, from sender, st step) deliveryEvent {
	e := deliveryEvent{
		EventType: string(st.event), EventVersion: "1.0", EventTimestamp: m.At.Add(st.after).UnixMilli(), IsFinal: st.final,
		Origination: string(m.From), Destination: string(m.To), Country: countryOf(m.To),
		MessageID: m.ID, RequestTimestamp: m.At.UnixMilli(), Status: st.status, Context: m.Context,
	}
	if st.fellBack {
		e.Origination = string(from.fallback)
	}
	if m.protect.configuration != "" || st.status == "PROTECT_BLOCKED" {
		e.ProtectConfig, e.ProtectAssessment = m.protect.shown(m.To)
	}
	if st.channel() == ChannelVoice {
		e.tellCall(m)
		return e
	}
	e.MessageType, e.StatusDescription, e.TotalParts = string(m.MessageType), descriptions[st.status], m.Parts
	switch st.channel() {
	case ChannelMedia:
		e.ContentType = "MMS"
	case ChannelRCS:
		e.tellRCS(m, from)
	default:
		e.tellText(m, from, st)
	}
	e.price(m, st)
	return e
}

// tellCall adds what events of calls have: how long it took and what it costs, once it is over.
func (e *deliveryEvent) tellCall(m *Message) {
	if !e.IsFinal {
		return
	}
	cost := 0
	if e.Status == "COMPLETED" {
		call := m.spoken()
		e.CallSeconds, e.CallMinutes = int(call/time.Second), minutes(call)
		cost = voicePrice * e.CallMinutes
	}
	e.TotalPrice = usd(cost)
}

// tellText adds what events of texts have. Those of an RCS agent carry no network and no encoding.
func (e *deliveryEvent) tellText(m *Message, from sender, st step) {
	e.International = from.international(e.Country)
	if m.Channel == ChannelRCS && !st.fellBack {
		return
	}
	network := carrierOf(m.To)
	e.MCC, e.MNC, e.Encoding = network.mcc, network.mnc, "GSM"
	if m.Unicode {
		e.Encoding = "Unicode"
	}
}

// tellRCS adds what events of RCS have. AWS does not say what rcsBusinessId is; the double writes the agent's id.
func (e *deliveryEvent) tellRCS(m *Message, from sender) {
	e.International = from.international(e.Country)
	e.Encoding, e.TotalParts = "UNICODE", 1
	e.BusinessID, e.AgentCountry = string(m.From), from.country
	if e.Status == "DELIVERED" {
		e.RCS = &rcsMetadata{BillingEventType: "RICH"}
	}
}

// price adds what a step has cost: nothing before the carrier took the message, nor where it never got there.
func (e *deliveryEvent) price(m *Message, st step) {
	p := price{}
	switch {
	case free(st.status):
	case st.channel() == ChannelMedia:
		p = mediaPrice
	case st.channel() == ChannelRCS:
		if st.status == "DELIVERED" {
			p = rcsPrice
		}
	default:
		p = priceOf(m.To)
	}
	e.TotalPrice, e.TotalCarrierFee = usd(p.message*e.TotalParts), usd(p.carrierFee*e.TotalParts)
}

// free says whether a status costs nothing.
func free(status string) bool {
	switch status {
	case "QUEUED", "INVALID_MESSAGE", "PROTECT_BLOCKED", "FILE_INACCESSIBLE", "FILE_TYPE_UNSUPPORTED", "FILE_SIZE_EXCEEDED":
		return true
	}
	return false
}

// schedule lays out the course of a message. Without a configuration set nobody would hear of it, so nothing is kept.
// The caller holds the lock.
func (s *Simulator) schedule(m *Message, from sender, course []step) {
	if m.ConfigurationSet == "" {
		return
	}
	for _, st := range course {
		body, err := json.Marshal(eventOf(m, from, st))
		if err != nil {
			panic(fmt.Sprintf("simulator: writing an event: %v", err)) // texts and numbers only: it cannot fail
		}
		s.waiting.add(&waiting{
			set: m.ConfigurationSet, eventType: string(st.event), messageID: m.ID, at: m.At.Add(st.after), body: body,
			change: s.changes + 1,
		})
	}
}
