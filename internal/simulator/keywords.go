package simulator

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// maxKeywords is the quota of a number or a pool (page quotas). Whether HELP and STOP count is not said; here they do.
const maxKeywords = 30

const keywordHelp, keywordStop = "HELP", "STOP"

// requiredKeywords exist on every number and pool and cannot be deleted (page keywords-required).
func requiredKeywords() map[string]types.KeywordInformation {
	return map[string]types.KeywordInformation{
		keywordHelp: newKeyword(keywordHelp, "Reply STOP to opt out of receiving texts from this number.",
			types.KeywordActionAutomaticResponse),
		keywordStop: newKeyword(keywordStop, "You are opted out and will receive no further texts from this number.",
			types.KeywordActionOptOut),
	}
}

func newKeyword(word, message string, action types.KeywordAction) types.KeywordInformation {
	return types.KeywordInformation{Keyword: &word, KeywordMessage: &message, KeywordAction: action}
}

func sameKeyword(a, b types.KeywordInformation) bool {
	return aws.ToString(a.KeywordMessage) == aws.ToString(b.KeywordMessage) && a.KeywordAction == b.KeywordAction
}

// PutKeyword makes or changes a keyword. The message of HELP and STOP may change while KeywordAction is left out;
// naming an action for them is ConflictException RESOURCE_MODIFICATION_NOT_ALLOWED. More than 30 keywords are
// ServiceQuotaExceededException (API_PutKeyword; the rule for HELP and STOP was seen in the field).
func (s *Simulator) PutKeyword(ctx context.Context, in *pinpointsmsvoicev2.PutKeywordInput) (*pinpointsmsvoicev2.PutKeywordOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.PutKeywordOutput, error) {
		on, err := s.keywordsOf(*in.OriginationIdentity)
		if err != nil {
			return nil, err
		}
		word, err := keywordForm(*in.Keyword)
		if err != nil {
			return nil, err
		}
		action := in.KeywordAction
		before, exists := on.settings.keywords[word]
		switch {
		case (word == keywordHelp || word == keywordStop) && action != "":
			return nil, conflict(types.ConflictExceptionReasonResourceModificationNotAllowed, types.ResourceTypeKeyword,
				word, "The action of HELP and STOP cannot be changed")
		case !exists && len(on.settings.keywords) >= maxKeywords:
			return nil, quotaExceeded(on.quota)
		case action == "" && exists:
			action = before.KeywordAction
		case action == "":
			action = types.KeywordActionAutomaticResponse
		}
		k := newKeyword(word, *in.KeywordMessage, action)
		on.settings.keywords[word] = k
		return &pinpointsmsvoicev2.PutKeywordOutput{
			OriginationIdentity: &on.id, OriginationIdentityArn: &on.arn,
			Keyword: k.Keyword, KeywordMessage: k.KeywordMessage, KeywordAction: k.KeywordAction,
		}, nil
	})
}

// DeleteKeyword takes a keyword away. HELP and STOP are ConflictException RESOURCE_DELETION_NOT_ALLOWED, an absent
// keyword ResourceNotFoundException (API_DeleteKeyword).
func (s *Simulator) DeleteKeyword(ctx context.Context, in *pinpointsmsvoicev2.DeleteKeywordInput) (*pinpointsmsvoicev2.DeleteKeywordOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DeleteKeywordOutput, error) {
		on, err := s.keywordsOf(*in.OriginationIdentity)
		if err != nil {
			return nil, err
		}
		word := strings.ToUpper(*in.Keyword)
		if word == keywordHelp || word == keywordStop {
			return nil, conflict(types.ConflictExceptionReasonResourceDeletionNotAllowed, types.ResourceTypeKeyword, word,
				"HELP and STOP cannot be deleted")
		}
		k, exists := on.settings.keywords[word]
		if !exists {
			return nil, notFound(types.ResourceTypeKeyword, word)
		}
		delete(on.settings.keywords, word)
		return &pinpointsmsvoicev2.DeleteKeywordOutput{
			OriginationIdentity: &on.id, OriginationIdentityArn: &on.arn,
			Keyword: k.Keyword, KeywordMessage: k.KeywordMessage, KeywordAction: k.KeywordAction,
		}, nil
	})
}

// DescribeKeywords tells of the named keywords or of all on an identity. A named keyword that does not exist is
// ResourceNotFoundException (API_DescribeKeywords).
func (s *Simulator) DescribeKeywords(ctx context.Context, in *pinpointsmsvoicev2.DescribeKeywordsInput) (*pinpointsmsvoicev2.DescribeKeywordsOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.DescribeKeywordsOutput, error) {
		on, err := s.keywordsOf(*in.OriginationIdentity)
		if err != nil {
			return nil, err
		}
		keywords, next, err := describe(listing[types.KeywordInformation]{
			all: on.settings.keywords, wanted: in.Keywords,
			find: func(ref string) (types.KeywordInformation, error) {
				k, exists := on.settings.keywords[strings.ToUpper(ref)]
				if !exists {
					return k, notFound(types.ResourceTypeKeyword, strings.ToUpper(ref))
				}
				return k, nil
			},
			key: func(k types.KeywordInformation) string { return *k.Keyword },
			keep: func(k types.KeywordInformation) bool {
				return passes(in.Filters, func(string) []string { return []string{string(k.KeywordAction)} })
			},
		}, itself, in.NextToken, in.MaxResults)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.DescribeKeywordsOutput{
			OriginationIdentity: &on.id, OriginationIdentityArn: &on.arn, Keywords: keywords, NextToken: next,
		}, nil
	})
}

// keywordForm is a keyword as AWS stores it, upper-cased. It may hold spaces, but not at its ends (page keywords).
func keywordForm(word string) (string, error) {
	if strings.TrimSpace(word) != word {
		return "", invalid("Keyword", "must not begin or end with a space")
	}
	return strings.ToUpper(word), nil
}

// keywordHolder is an identity that can have keywords.
type keywordHolder struct {
	id, arn  string
	settings *inboundSettings
	quota    types.ServiceQuotaExceededExceptionReason
}

// keywordsOf finds the number, pool or agent by id or ARN. The number itself in E.164 is not accepted here, although
// SendTextMessage takes it: the pattern has no plus.
func (s *Simulator) keywordsOf(ref string) (keywordHolder, error) {
	if n, err := s.phoneNumber(ref); err == nil {
		return keywordHolder{n.id, n.arn, &n.inboundSettings, types.ServiceQuotaExceededExceptionReasonKeywordsPerPhoneNumber}, nil
	}
	if p, err := lookup(s, s.pools, types.ResourceTypePool, ref); err == nil {
		return keywordHolder{p.id, p.arn, &p.inboundSettings, types.ServiceQuotaExceededExceptionReasonKeywordsPerPool}, nil
	}
	a, err := lookup(s, s.agents, types.ResourceTypeRcsAgent, ref)
	if err == nil {
		return keywordHolder{a.id, a.arn, &a.inboundSettings, types.ServiceQuotaExceededExceptionReasonKeywordsPerPhoneNumber}, nil
	}
	return keywordHolder{}, notFound(types.ResourceTypePhoneNumber, ref)
}
