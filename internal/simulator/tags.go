package simulator

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// maxTags is the quota of a resource (page phone-numbers-tags).
const maxTags = 50

// attached is what hangs on a resource by its ARN, whatever its kind.
type attached struct {
	tags   map[string]string
	policy *resourcePolicy
}

// attachedTo is what hangs on a resource of the account. An ARN of another service is ValidationException
// INVALID_ARN, one that names nothing ResourceNotFoundException.
func (s *Simulator) attachedTo(arn string) (*attached, types.ResourceType, error) {
	const parts, service = 6, 2
	fields := strings.SplitN(arn, ":", parts)
	if len(fields) < parts || fields[service] != "sms-voice" {
		return nil, "", validation(types.ValidationExceptionReasonInvalidArn, "ResourceArn",
			"must be the ARN of a resource of AWS End User Messaging SMS")
	}
	name, id, _ := strings.Cut(fields[parts-1], "/")
	kind := types.ResourceType(name)
	if holds := s.holdings()[kind]; holds == nil || arn != s.arn(kind, id) || !holds(id) {
		return nil, "", notFound(kind, arn)
	}
	if s.attached[arn] == nil {
		s.attached[arn] = &attached{tags: map[string]string{}}
	}
	return s.attached[arn], kind, nil
}

// holdings says for each kind of resource that has an ARN whether the account has the one of an id.
func (s *Simulator) holdings() map[types.ResourceType]func(id string) bool {
	return map[types.ResourceType]func(string) bool{
		types.ResourceTypeConfigurationSet:          among(s.sets),
		types.ResourceTypeNotifyConfiguration:       among(s.notifies),
		types.ResourceTypeOptOutList:                among(s.lists),
		types.ResourceTypePhoneNumber:               among(s.numbers),
		types.ResourceTypePool:                      among(s.pools),
		types.ResourceTypeProtectConfiguration:      among(s.protects),
		types.ResourceTypeRegistration:              among(s.registrations),
		types.ResourceTypeRegistrationAttachment:    among(s.attachments),
		types.ResourceTypeVerifiedDestinationNumber: among(s.verified),
		types.ResourceTypeRcsAgent:                  among(s.agents),
		types.ResourceTypeSenderId:                  among(s.senderIDs),
	}
}

func among[T any](all map[string]T) func(string) bool {
	return func(id string) bool { _, exists := all[id]; return exists }
}

// tagging keeps the tags of every operation that makes a resource, under the ARN of its answer. What hung on an
// earlier resource of that name is gone with it.
func tagging[In, Out any](s *Simulator, in *In, effect func() (*Out, error)) (*Out, error) {
	field := reflect.ValueOf(in).Elem().FieldByName("Tags")
	if !field.IsValid() {
		return effect()
	}
	tags := map[string]string{}
	if err := addTags(tags, field.Interface().([]types.Tag)); err != nil {
		return nil, err
	}
	out, err := effect()
	if err == nil {
		if arn, made := s.arnIn(reflect.ValueOf(out).Elem()); made {
			s.attached[arn] = &attached{tags: tags}
		}
	}
	return out, err
}

// arnIn is the ARN that the answer to a creation tells of. Other ARNs in it are those of other services.
func (s *Simulator) arnIn(out reflect.Value) (string, bool) {
	for i := range out.NumField() {
		if !strings.HasSuffix(out.Type().Field(i).Name, "Arn") {
			continue
		}
		arn, _ := out.Field(i).Interface().(*string)
		if strings.HasPrefix(aws.ToString(arn), "arn:aws:sms-voice:") {
			return *arn, true
		}
	}
	return "", false
}

// addTags adds tags or overwrites those of the same key, unless there would be too many. Keys that begin with aws: are
// AWS's own, as in every service (page tagging of the AWS General Reference); the error is not published.
func addTags(to map[string]string, tags []types.Tag) error {
	after := maps.Clone(to)
	for _, tag := range tags {
		if strings.HasPrefix(strings.ToLower(*tag.Key), "aws:") {
			return invalid("Tags", "must not have keys that begin with aws:")
		}
		after[*tag.Key] = *tag.Value
	}
	if len(after) > maxTags {
		return quotaExceeded(types.ServiceQuotaExceededExceptionReasonTagsPerResource)
	}
	maps.Copy(to, after)
	return nil
}

// TagResource adds tags to a resource or overwrites the values of those that it has. More than 50 on one are
// ServiceQuotaExceededException TAGS_PER_RESOURCE (API_TagResource).
func (s *Simulator) TagResource(ctx context.Context, in *pinpointsmsvoicev2.TagResourceInput) (*pinpointsmsvoicev2.TagResourceOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.TagResourceOutput, error) {
		on, _, err := s.attachedTo(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		return &pinpointsmsvoicev2.TagResourceOutput{}, addTags(on.tags, in.Tags)
	})
}

// UntagResource takes tags away. A key that is not there is no error: none is declared for it (API_UntagResource).
func (s *Simulator) UntagResource(ctx context.Context, in *pinpointsmsvoicev2.UntagResourceInput) (*pinpointsmsvoicev2.UntagResourceOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.UntagResourceOutput, error) {
		on, _, err := s.attachedTo(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		for _, key := range in.TagKeys {
			delete(on.tags, key)
		}
		return &pinpointsmsvoicev2.UntagResourceOutput{}, nil
	})
}

// ListTagsForResource tells of the tags of a resource, those of its creation included, in the order of their keys
// (API_ListTagsForResource).
func (s *Simulator) ListTagsForResource(ctx context.Context, in *pinpointsmsvoicev2.ListTagsForResourceInput) (*pinpointsmsvoicev2.ListTagsForResourceOutput, error) {
	return serve(ctx, s, in, func(time.Time) (*pinpointsmsvoicev2.ListTagsForResourceOutput, error) {
		on, _, err := s.attachedTo(*in.ResourceArn)
		if err != nil {
			return nil, err
		}
		out := &pinpointsmsvoicev2.ListTagsForResourceOutput{ResourceArn: in.ResourceArn, Tags: []types.Tag{}}
		for _, key := range slices.Sorted(maps.Keys(on.tags)) {
			out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(on.tags[key])})
		}
		return out, nil
	})
}
