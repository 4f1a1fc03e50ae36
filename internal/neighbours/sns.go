package neighbours

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// topic is one topic of SNS.
type topic struct {
	attributes    map[string]string
	subscriptions []*subscription
}

type subscription struct{ arn, protocol, endpoint, raw string }

// AddTopic gives the account a topic, in place of one of the same name, and returns its ARN. Attributes are added to
// those that every topic has: Policy, KmsMasterKeyId, FifoTopic, as SNS names them.
func (a *AWS) AddTopic(name string, attributes map[string]string) (arn string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	arn = a.arn("sns", name)
	t := &topic{attributes: map[string]string{"TopicArn": arn, "Owner": a.options.AccountID}}
	maps.Copy(t.attributes, attributes)
	a.topics[arn] = t
	return arn
}

// Subscribe adds a subscription to a topic: its protocol, such as sqs, its endpoint, such as a queue's ARN, and whether
// it gets the bare message.
func (a *AWS) Subscribe(topic, protocol, endpoint string, raw bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	t := a.topics[topic]
	t.subscriptions = append(t.subscriptions, &subscription{
		arn: fmt.Sprintf("%s:00000000-0000-4000-8000-%012d", topic, a.serial), protocol: protocol, endpoint: endpoint, raw: fmt.Sprint(raw),
	})
}

// sns serves GetTopicAttributes, ListSubscriptionsByTopic and GetSubscriptionAttributes.
func (a *AWS) sns(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	action, arn := r.PostFormValue("Action"), r.PostFormValue("TopicArn")
	if action == "GetSubscriptionAttributes" {
		a.subscriptionAttributes(w, r.PostFormValue("SubscriptionArn"))
		return
	}
	t, ok := a.topics[arn]
	if !ok {
		refuse(w, http.StatusNotFound, "NotFound", "Topic does not exist")
		return
	}
	switch action {
	case "GetTopicAttributes":
		answer(w, struct {
			XMLName    xml.Name `xml:"GetTopicAttributesResponse"`
			Attributes []entry  `xml:"GetTopicAttributesResult>Attributes>entry"`
		}{Attributes: entries(t.attributes)})
	case "ListSubscriptionsByTopic":
		type listed struct{ TopicArn, Protocol, SubscriptionArn, Owner, Endpoint string }
		var all []listed
		for _, s := range t.subscriptions {
			all = append(all, listed{arn, s.protocol, s.arn, a.options.AccountID, s.endpoint})
		}
		answer(w, struct {
			XMLName       xml.Name `xml:"ListSubscriptionsByTopicResponse"`
			Subscriptions []listed `xml:"ListSubscriptionsByTopicResult>Subscriptions>member"`
		}{Subscriptions: all})
	default:
		refuse(w, http.StatusBadRequest, "InvalidAction", "the stand-in knows no "+action)
	}
}

// subscriptionAttributes answers GetSubscriptionAttributes. The caller holds the lock.
func (a *AWS) subscriptionAttributes(w http.ResponseWriter, arn string) {
	for _, t := range a.topics {
		for _, s := range t.subscriptions {
			if s.arn == arn {
				answer(w, struct {
					XMLName    xml.Name `xml:"GetSubscriptionAttributesResponse"`
					Attributes []entry  `xml:"GetSubscriptionAttributesResult>Attributes>entry"`
				}{Attributes: entries(map[string]string{"SubscriptionArn": arn, "RawMessageDelivery": s.raw})})
				return
			}
		}
	}
	refuse(w, http.StatusNotFound, "NotFound", "Subscription does not exist")
}

// entry is one of a map of the query protocol.
type entry struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func entries(m map[string]string) []entry {
	var all []entry
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, entry{key, m[key]})
	}
	return all
}
