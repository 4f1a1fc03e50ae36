package simulator

import (
	"encoding/json"
	"fmt"
	"time"
)

// deliveryEvent is the JSON of one event of a text, in the order of AWS's samples
// (page configuration-sets-event-format).
type deliveryEvent struct {
	EventType         string            `json:"eventType"`
	EventVersion      string            `json:"eventVersion"`
	EventTimestamp    int64             `json:"eventTimestamp"` // milliseconds since the epoch
	IsFinal           bool              `json:"isFinal"`
	Origination       string            `json:"originationPhoneNumber"`
	Destination       string            `json:"destinationPhoneNumber"`
	Country           string            `json:"isoCountryCode,omitempty"`
	International     bool              `json:"isInternationalSend"`
	MCC               string            `json:"mcc,omitempty"`
	MNC               string            `json:"mnc,omitempty"`
	MessageID         string            `json:"messageId"`
	RequestTimestamp  int64             `json:"messageRequestTimestamp"` // milliseconds since the epoch
	Encoding          string            `json:"messageEncoding,omitempty"`
	MessageType       string            `json:"messageType"`
	Status            string            `json:"messageStatus"`
	StatusDescription string            `json:"messageStatusDescription"`
	Context           map[string]string `json:"context,omitempty"`
	TotalParts        int               `json:"totalMessageParts"`
	TotalPrice        float64           `json:"totalMessagePrice"` // USD
	TotalCarrierFee   float64           `json:"totalCarrierFee"`   // USD
	ProtectConfig     *protectConfig    `json:"protectConfiguration,omitempty"`
	ProtectAssessment *protectVerdict   `json:"protectConfigurationAssessment,omitempty"`
}

type protectConfig struct {
	ID     string `json:"protectConfigurationId"`
	Status string `json:"protectStatus"`
}

type protectVerdict struct {
	Recommendation string            `json:"protectRecommendation"`
	Insights       map[string]string `json:"protectInsights,omitempty"`
}

// eventOf is the event that tells of one step of a message. Queued texts and those that protect rules blocked cost
// nothing yet; texts of an RCS agent carry no network and no encoding.
func eventOf(m *Message, from sender, st step) deliveryEvent {
	e := deliveryEvent{
		EventType: string(st.event), EventVersion: "1.0", EventTimestamp: m.At.Add(st.after).UnixMilli(), IsFinal: st.final,
		Origination: string(m.From), Destination: string(m.To), Country: countryOf(m.To),
		MessageID: m.ID, RequestTimestamp: m.At.UnixMilli(), MessageType: string(m.MessageType),
		Status: st.status(), StatusDescription: st.description, Context: m.Context, TotalParts: m.Parts,
	}
	e.International = from.country != "" && e.Country != from.country
	if !from.rcs {
		network := carrierOf(m.To)
		e.MCC, e.MNC, e.Encoding = network.mcc, network.mnc, "GSM"
		if m.Unicode {
			e.Encoding = "Unicode"
		}
	}
	e.ProtectConfig, e.ProtectAssessment = m.protect.shown(m.To)
	switch st.status() {
	case "QUEUED", "INVALID_MESSAGE", "PROTECT_BLOCKED":
	default:
		p := priceOf(m.To)
		e.TotalPrice, e.TotalCarrierFee = dollars(p.message*m.Parts), dollars(p.carrierFee*m.Parts)
	}
	return e
}

// pendingEvent is an event that waits for its delivery.
type pendingEvent struct {
	set       string
	eventType string
	messageID string
	at        time.Time
	body      []byte
}

// schedule lays out the course of a message. Without a configuration set nobody would hear of it, so nothing is kept.
// The caller holds the lock.
func (s *Simulator) schedule(m *Message, from sender) {
	if m.ConfigurationSet == "" {
		return
	}
	for _, st := range courseOf(m) {
		body, err := json.Marshal(eventOf(m, from, st))
		if err != nil {
			panic(fmt.Sprintf("simulator: writing an event: %v", err)) // texts and numbers only: it cannot fail
		}
		s.pending = append(s.pending, &pendingEvent{
			set: m.ConfigurationSet, eventType: string(st.event), messageID: m.ID, at: m.At.Add(st.after), body: body,
		})
	}
}
