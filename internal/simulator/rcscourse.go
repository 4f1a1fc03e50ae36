package simulator

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// The event types of RCS, which the live service has and SDK v1.29.1 does not know (API_EventDestination, 2026).
const (
	eventRCSSent           types.EventType = "RCS_SENT"
	eventRCSDelivered      types.EventType = "RCS_DELIVERED"
	eventRCSRead           types.EventType = "RCS_READ"
	eventRCSFailed         types.EventType = "RCS_FAILED"
	eventRCSTTLExpired     types.EventType = "RCS_TTL_EXPIRED"
	eventRCSProtectBlocked types.EventType = "RCS_PROTECT_BLOCKED"
	eventRCSFallenBack     types.EventType = "RCS_FALLEN_BACK_TO_SMS"
)

// When the events of an RCS message come.
const (
	// toFallback is how long AWS waits for a sign of delivery before it sends an SMS (page rcs-sms-fallback).
	toFallback = 25 * time.Second
	// toRead is when the person looks at the message.
	toRead = 30 * time.Second
	// toSecond is when a message that has gone out as SMS already arrives over RCS too.
	toSecond = 40 * time.Second
)

// rcsCourse is what happens to a message of an RCS agent. AWS says of it either in events of RCS or in those of a text
// that comes from the agent (pages rcs-events and configuration-sets-event-format); [Options.RCSEvents] chooses. No
// page binds statuses to the types RCS_SENT (here PENDING), RCS_FAILED, RCS_TTL_EXPIRED and RCS_FALLEN_BACK_TO_SMS.
func rcsCourse(m *Message, from sender) []step {
	ending := m.fate().rcs
	falls := ending == rcsFallback || ending == rcsTwice
	var course []step
	switch {
	case from.rcsEvents:
		course = rcsSteps(m, ending, from.fallback != "")
	case !falls:
		return textCourse(m)
	case from.fallback == "":
		return []step{{after: toFallback, event: types.EventTypeTextUnreachable, status: "UNREACHABLE", final: true}}
	}
	if !falls || from.fallback == "" {
		return course
	}
	for _, st := range textCourse(m) {
		st.after += toFallback
		st.fellBack = true
		course = append(course, st)
	}
	if ending == rcsTwice {
		second := step{after: toSecond, event: types.EventTypeTextDelivered, status: "DELIVERED", final: true}
		if from.rcsEvents {
			second.event = eventRCSDelivered
		}
		course = append(course, second)
	}
	return course
}

// rcsSteps are the events of the RCS message itself, up to where the SMS takes over.
func rcsSteps(m *Message, ending string, fallback bool) []step {
	sent := step{after: toCarrier, event: eventRCSSent, status: "PENDING"}
	delivered := step{after: toHandset, event: eventRCSDelivered, status: "DELIVERED", final: true}
	switch ending {
	case "":
		return []step{sent, delivered, {after: toRead, event: eventRCSRead, status: "READ", final: true}}
	case rcsUnread:
		return []step{sent, delivered}
	case "PROTECT_BLOCKED":
		return []step{{after: toQueue, event: eventRCSProtectBlocked, status: ending, final: true}}
	case "TTL_EXPIRATION_REVOKED":
		return []step{sent, {after: m.TimeToLive, event: eventRCSTTLExpired, status: ending, final: true}}
	case rcsFallback, rcsTwice:
		if fallback {
			return []step{sent, {after: toFallback, event: eventRCSFallenBack, status: "FALLEN_BACK_TO_SMS"}}
		}
		return []step{sent, {after: toFallback, event: eventRCSFailed, status: "UNDELIVERABLE", final: true}}
	}
	return []step{sent, {after: toHandset, event: eventRCSFailed, status: ending, final: true}}
}
