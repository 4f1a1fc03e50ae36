package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heedsms/heed/internal/plan"
	"github.com/heedsms/heed/internal/vitals"
)

// The codes of topics.
const (
	TopicMissing      = "topic_missing"
	TopicFIFO         = "topic_fifo"
	TopicKey          = "topic_key"
	TopicRefuses      = "topic_refuses"
	TopicOpen         = "topic_open"
	TopicUnsubscribed = "topic_unsubscribed"
	TopicRaw          = "topic_raw"
)

// Way is what a topic is there for: AWS publishes to it, and a queue gets what it publishes.
type Way struct {
	What    string // "texts", "delivery events"
	Topic   vitals.Topic
	Queue   string // URL
	Account string
	// ByRole says that AWS publishes with a role: the topic's policy has no say then.
	ByRole bool
}

// ByRole says whether all that publishes texts to the deployment's topic does so with a role, which the topic's policy does
// not concern.
func ByRole(found *plan.Found, w Setup) bool {
	publishing, byRole := 0, 0
	for _, id := range found.Identities {
		if _, ours := plan.Owner(w.Rules, id); ours && id.TwoWay && id.Channel == w.Stack.InboundTopic {
			publishing++
			if id.ChannelRole != "" {
				byRole++
			}
		}
	}
	return publishing > 0 && byRole == publishing
}

// Topic judges whether what AWS publishes to a topic gets to its queue.
func Topic(w Way, n Names) []Finding {
	var findings []Finding
	redeploy := fmt.Sprintf("sam deploy --stack-name %s   # the template sets it; a change set shows what was changed by hand", n.Stack)
	found := func(code string, severity Severity, mend, format string, args ...any) {
		findings = append(findings, Finding{Code: code, Severity: severity, About: w.Topic.ARN, Text: fmt.Sprintf(format, args...), Mend: mend})
	}
	if !w.Topic.Exists {
		found(TopicMissing, Error, redeploy, "there is no such topic: %s are lost", w.What)
		return findings
	}
	if w.Topic.FIFO {
		found(TopicFIFO, Error, redeploy, "is a FIFO topic: AWS publishes no %s to one", w.What)
	}
	if strings.HasSuffix(w.Topic.Key, "alias/aws/sns") {
		found(TopicKey, Error, fmt.Sprintf("aws sns set-topic-attributes --topic-arn %s --attribute-name KmsMasterKeyId --attribute-value KEY --region %s   # a key of your own whose policy lets sms-voice.amazonaws.com use it, or '' for none", w.Topic.ARN, n.Region),
			"is encrypted with AWS's own key alias/aws/sns, which End User Messaging SMS may not use: %s are lost", w.What)
	}
	grant, err := publishing(w.Topic.Policy, w.Topic.ARN, w.Account)
	switch {
	case w.ByRole:
	case err != nil:
		found(TopicRefuses, Error, redeploy, "%v: %s are lost", err, w.What)
	case grant == refuses:
		found(TopicRefuses, Error, redeploy, "its policy does not let %s publish for account %s: %s are lost", smsVoice, w.Account, w.What)
	case grant == open:
		found(TopicOpen, Warning, redeploy, "its policy lets %s publish for any account (no condition aws:SourceAccount): another's numbers can send texts in here", smsVoice)
	}
	return append(findings, subscribed(w, n, redeploy)...)
}

func subscribed(w Way, n Names, redeploy string) []Finding {
	i := slices.IndexFunc(w.Topic.Subscriptions, func(s vitals.Subscription) bool {
		return s.Protocol == "sqs" && last(s.Endpoint) == last(w.Queue)
	})
	if i < 0 {
		return []Finding{{
			Code: TopicUnsubscribed, Severity: Error, About: w.Topic.ARN, Mend: redeploy,
			Text: fmt.Sprintf("has no subscription of the queue %s: %s are lost", last(w.Queue), w.What),
		}}
	}
	if s := w.Topic.Subscriptions[i]; s.Raw {
		return []Finding{{
			Code: TopicRaw, Severity: Warning, About: w.Topic.ARN, Text: "gives the queue the bare message: when a person spoke is lost, and a STOP and a START are ordered by their arrival",
			Mend: fmt.Sprintf("aws sns set-subscription-attributes --subscription-arn %s --attribute-name RawMessageDelivery --attribute-value false --region %s", s.ARN, n.Region),
		}}
	}
	return nil
}
