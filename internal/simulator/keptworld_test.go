package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/heedsms/heed/internal/sms"
	"pgregory.net/rapid"
)

const keptTopic = "arn:aws:sns:us-east-1:111122223333:sms"

// keptPeople have different fates: some events wait for days.
var keptPeople = []string{"+14255550101", "+14255550102", "+447700900123", "+919999900123", string(DestinationLateReceipt)}

// keysOf are the ids in a map, and what else may be named.
func keysOf[T any](m map[string]T, more ...string) []string {
	return append(slices.Sorted(maps.Keys(m)), more...)
}

// named are the values that a text member can be given: what the account has, and a little that it has not.
func (s *Simulator) named(member string) []string {
	switch member {
	case "OptOutListName", "OptOutListNames":
		return keysOf(s.lists, "marketing", "alerts")
	case "ConfigurationSetName", "EventDestinationName":
		return []string{"alerts", "news"}
	case "PhoneNumberId":
		return keysOf(s.numbers)
	case "OriginationIdentity":
		return slices.Concat(keysOf(s.numbers), keysOf(s.pools), keysOf(s.agents), []string{"+12065550100", "HEED"})
	case "PoolId":
		return keysOf(s.pools)
	case "ProtectConfigurationId":
		return keysOf(s.protects)
	case "RcsAgentId":
		return keysOf(s.agents)
	case "RegistrationId":
		return keysOf(s.registrations)
	case "RegistrationAttachmentId":
		return keysOf(s.attachments)
	case "NotifyConfigurationId":
		return keysOf(s.notifies)
	case "VerifiedDestinationNumberId":
		return keysOf(s.verified)
	case "ResourceId":
		return slices.Concat(keysOf(s.numbers), keysOf(s.agents), keysOf(s.registrations))
	case "ResourceArn":
		return s.arns()
	case "MessageId":
		return keysOf(s.byID)
	case "RegistrationType":
		return keysOf(registrationTypes)
	case "FieldPath":
		return keysOf(registrationTypes[brandRegistration].fields)
	case "DestinationPhoneNumber", "OptedOutNumber", "PhoneNumber":
		return keptPeople
	case "VerificationCode":
		codes := []string{"123456"}
		for _, person := range keptPeople {
			if code := s.VerificationCode(sms.Phone(person)); code != "" {
				codes = append(codes, code)
			}
		}
		return codes
	}
	return map[string][]string{
		"IsoCountryCode": {"US", "GB", "IN"}, "EnabledCountries": {"US", "GB"}, "SenderId": {"HEED", "ACME"},
		"TwoWayChannelArn": {keptTopic}, "TopicArn": {keptTopic}, "ClientToken": {"one", "two", "three"},
		"Keyword": {"JOIN", "STOP", "HELP", "START"}, "MediaUrls": {"s3://bucket/cat.png"}, "AttachmentUrl": {"s3://bucket/cat.png"},
		"Policy": {`{"Statement": []}`}, "MaxPrice": {"0.5"}, "MaxPricePerMinute": {"0.5"}, "SelectChoices": {"PRIVATE_PROFIT"},
		"TemplateId": keysOf(s.notifyTemplates()), "DefaultTemplateId": keysOf(s.notifyTemplates()),
	}[member]
}

// arns are those of all resources that can have tags.
func (s *Simulator) arns() []string {
	var all []string
	add := func(kind types.ResourceType, ids []string) {
		for _, id := range ids {
			all = append(all, s.arn(kind, id))
		}
	}
	add(types.ResourceTypeConfigurationSet, keysOf(s.sets))
	add(types.ResourceTypeOptOutList, keysOf(s.lists))
	add(types.ResourceTypePhoneNumber, keysOf(s.numbers))
	add(types.ResourceTypePool, keysOf(s.pools))
	add(types.ResourceTypeProtectConfiguration, keysOf(s.protects))
	add(types.ResourceTypeNotifyConfiguration, keysOf(s.notifies))
	add(types.ResourceTypeRegistration, keysOf(s.registrations))
	add(types.ResourceTypeRegistrationAttachment, keysOf(s.attachments))
	add(types.ResourceTypeVerifiedDestinationNumber, keysOf(s.verified))
	add(types.ResourceTypeRcsAgent, keysOf(s.agents))
	add(types.ResourceTypeSenderId, keysOf(s.senderIDs))
	return all
}

// drawn fills an input of the API: all that is required, and some of the rest.
func (s *Simulator) drawn(r *rapid.T, in reflect.Value) {
	for i := range in.NumField() {
		field := in.Type().Field(i)
		if !field.IsExported() || field.Name == "NextToken" {
			continue
		}
		if model()[in.Type().Name()+"."+field.Name].required || rapid.IntRange(0, 3).Draw(r, "give") == 0 {
			s.draw(r, field.Name, in.Field(i))
		}
	}
}

// draw gives a member a value.
func (s *Simulator) draw(r *rapid.T, member string, into reflect.Value) {
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		s.draw(r, member, into.Elem())
	case reflect.String:
		values := s.named(member)
		if all := into.MethodByName("Values"); all.IsValid() {
			values = reflectTexts(all.Call(nil)[0])
		}
		if len(values) == 0 {
			values = []string{"hello", "x"}
		}
		into.SetString(rapid.SampledFrom(values).Draw(r, member))
	case reflect.Bool:
		into.SetBool(rapid.Bool().Draw(r, member))
	case reflect.Int32, reflect.Int64:
		into.SetInt(int64(rapid.SampledFrom([]int{1, 5, 60}).Draw(r, member)))
	case reflect.Slice:
		if into.Type().Elem().Kind() == reflect.Uint8 {
			into.SetBytes([]byte("\x89PNG\r\n\x1a\n"))
			return
		}
		into.Set(reflect.MakeSlice(into.Type(), 1, 1))
		s.draw(r, member, into.Index(0))
	case reflect.Map:
		key, value := reflect.New(into.Type().Key()).Elem(), reflect.New(into.Type().Elem()).Elem()
		key.SetString("US")
		if member == "TemplateVariables" {
			key.SetString("code")
		}
		s.draw(r, member, value)
		into.Set(reflect.MakeMap(into.Type()))
		into.SetMapIndex(key, value)
	case reflect.Struct:
		if into.Type() == reflect.TypeFor[time.Time]() {
			into.Set(reflect.ValueOf(s.Now().Add(time.Hour).Truncate(time.Millisecond)))
			return
		}
		s.drawn(r, into)
	}
}

func reflectTexts(list reflect.Value) []string {
	var all []string
	for i := range list.Len() {
		all = append(all, list.Index(i).String())
	}
	return all
}

// told is all that the double tells of its state, by question: every operation that only reads, asked of everything that
// there is, what people have on their phones, and which events wait.
func (s *Simulator) told() map[string]string {
	all := map[string]string{"now": s.Now().UTC().String(), "sent": written(s.Sent()), "waiting": written(s.PendingEvents())}
	for _, person := range keptPeople {
		all["phone of "+person] = written(s.Inbox(sms.Phone(person))) + s.VerificationCode(sms.Phone(person))
	}
	for _, name := range s.Operations() {
		if !changes(name) && !strings.HasSuffix(name, "Definitions") { // those are the same for all
			s.ask(name, all)
		}
	}
	return all
}

// ask asks one operation for all that can be put into its required members.
func (s *Simulator) ask(name string, all map[string]string) {
	var ask func(in reflect.Value, field int, question string)
	ask = func(in reflect.Value, field int, question string) {
		if field == in.NumField() {
			all[question] = s.answered(name, written(encodeMembers(in)))
			return
		}
		f := in.Type().Field(field)
		if !model()[in.Type().Name()+"."+f.Name].required {
			ask(in, field+1, question)
			return
		}
		values := s.named(f.Name)
		into := in.Field(field)
		if enum := reflect.Indirect(into).MethodByName; into.Kind() == reflect.String && enum("Values").IsValid() {
			values = reflectTexts(enum("Values").Call(nil)[0])
		}
		for _, value := range values {
			if into.Kind() == reflect.Pointer {
				into.Set(reflect.ValueOf(&value))
			} else {
				into.SetString(value)
			}
			ask(in, field+1, question+" "+value)
		}
	}
	ask(reflect.New(s.operations[name].input).Elem(), 0, name)
}

// answered is the answer to an operation, or why it is refused.
func (s *Simulator) answered(operation, input string) string {
	in := reflect.New(s.operations[operation].input)
	if err := decodeMembers([]byte(input), in.Elem()); err != nil {
		return err.Error()
	}
	m := s.operations[operation].method
	results := m.Call([]reflect.Value{reflect.ValueOf(context.Background()), in})
	if err, failed := results[1].Interface().(error); failed {
		return fmt.Sprintf("%T %v", err, err)
	}
	return written(encodeMembers(results[0].Elem()))
}

func written(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return strings.ReplaceAll(string(text), `,"`, "\n\"")
}
