package simulator

import (
	"encoding/base64"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// defaultPage is how many items a list operation gives without MaxResults. AWS does not say; 100 is its most.
const defaultPage = 100

// page cuts one page out of items that are sorted by key. The token holds the last key given, not a position, so
// that items deleted between two pages make none be skipped.
func page[T any](items []T, key func(T) string, token *string, most *int32) ([]T, *string, error) {
	if token != nil {
		last, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil || !strings.HasPrefix(string(last), "after ") {
			return nil, nil, validation(types.ValidationExceptionReasonInvalidNextToken, "NextToken", "is not valid")
		}
		after := strings.TrimPrefix(string(last), "after ")
		items = items[sortedAfter(items, key, after):]
	}
	size := defaultPage
	if most != nil {
		size = int(*most)
	}
	if len(items) <= size {
		return items, nil, nil
	}
	items = items[:size]
	next := base64.RawURLEncoding.EncodeToString([]byte("after " + key(items[size-1])))
	return items, aws.String(next), nil
}

func sortedAfter[T any](items []T, key func(T) string, after string) int {
	for i, item := range items {
		if key(item) > after {
			return i
		}
	}
	return len(items)
}

// sorted are the values of a map in the order of their keys.
func sorted[T any](m map[string]T) []T {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var values []T
	for _, key := range keys {
		values = append(values, m[key])
	}
	return values
}

// passes says whether an item passes every filter of a Describe operation: for each, one of the wanted values is
// among those that of gives for the filter's name. filters is a slice of any of the SDK's filter types, which all
// have a Name and Values.
func passes(filters any, of func(name string) []string) bool {
	list := reflect.ValueOf(filters)
	for i := range list.Len() {
		name := list.Index(i).FieldByName("Name").String()
		wanted := list.Index(i).FieldByName("Values").Interface().([]string)
		has := of(name)
		if !slices.ContainsFunc(wanted, func(value string) bool { return slices.Contains(has, value) }) {
			return false
		}
	}
	return true
}

// collect asks find for each wanted reference, or takes all when none is named; sorted by key, each item once.
func collect[T any](all map[string]T, wanted []string, key func(T) string, find func(ref string) (T, error)) ([]T, error) {
	if len(wanted) == 0 {
		return sorted(all), nil
	}
	named := map[string]T{}
	for _, ref := range wanted {
		item, err := find(ref)
		if err != nil {
			return nil, err
		}
		named[key(item)] = item
	}
	return sorted(named), nil
}

// ownerAlone holds a Describe operation against the rule that Owner and named resources are not used together.
func ownerAlone(owner types.Owner, member string, named int) error {
	if owner == "" || named == 0 {
		return nil
	}
	return validation(types.ValidationExceptionReasonParametersCannotBeUsedTogether, "Owner",
		"cannot be used together with "+member)
}

// texts are the values of an enum as a filter has them.
func texts[T ~string](values []T) []string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

// listing is what a Describe operation chooses from: all items, or the wanted ones as find knows them, as far as keep
// takes them.
type listing[T any] struct {
	all    map[string]T
	wanted []string
	find   func(ref string) (T, error)
	key    func(T) string
	keep   func(T) bool
}

// describe tells one page of a listing, item by item.
func describe[T, I any](l listing[T], tell func(T) I, token *string, most *int32) ([]I, *string, error) {
	items, err := collect(l.all, l.wanted, l.key, l.find)
	if err != nil {
		return nil, nil, err
	}
	items = slices.DeleteFunc(items, func(item T) bool { return !l.keep(item) })
	items, next, err := page(items, l.key, token, most)
	if err != nil {
		return nil, nil, err
	}
	told := []I{}
	for _, item := range items {
		told = append(told, tell(item))
	}
	return told, next, nil
}

// itself tells an item that is kept as it is told.
func itself[T any](item T) T { return item }
