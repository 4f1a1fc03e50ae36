// Package sms is heed's vocabulary: numbers, inbound texts, delivery events and statuses, and the parsers that turn
// AWS's payloads into them. AWS's own names end here: its originationNumber is a contact in one payload and its
// originationPhoneNumber one of our identities in the other.
//
// The package reads no clock, opens no connection and knows no AWS type.
package sms
