package simulator

import (
	_ "embed"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
)

// model.tsv holds what the service model says of every input of every operation: required members, lengths, ranges
// and patterns. testdata/model.py wrote it from botocore, and a test holds the two together.
//
//go:embed model.tsv
var modelTSV string

// constraint is what the model says of one member, list element, map key or map value.
type constraint struct {
	required bool
	// least and most bound the characters of a text, the entries of a list or map, or a number. -1: no bound.
	least, most int
	pattern     *regexp.Regexp
	source      string // the pattern as the model writes it
}

// model is parsed once; it never changes.
var model = sync.OnceValue(parseModel)

func parseModel() map[string]constraint {
	patterns := map[string]*regexp.Regexp{}
	constraints := map[string]constraint{}
	for line := range strings.Lines(modelTSV) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := append(strings.Split(strings.TrimSuffix(line, "\n"), "\t"), "", "", "")
		c := constraint{required: f[1] == "required", least: bound(f[2]), most: bound(f[3]), source: f[4]}
		if c.source != "" {
			if patterns[c.source] == nil {
				patterns[c.source] = compile(c.source)
			}
			c.pattern = patterns[c.source]
		}
		constraints[f[0]] = c
	}
	return constraints
}

func bound(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// compile turns a pattern of the model into one that must hold for the whole text. Go has no look-around; the model
// uses it in two patterns only.
func compile(pattern string) *regexp.Regexp {
	switch pattern {
	case `(?!\s*$)[\s\S]+`: // not white space only
		pattern = `[\s\S]*\S[\s\S]*`
	case `(?!\s)^[\s\S]+(?<!\s)`: // no white space at either end
		pattern = `\S([\s\S]*\S)?`
	}
	return regexp.MustCompile(`\A(?:` + pattern + `)\z`)
}

// checkModel holds an input against the model: ValidationException with reason MISSING_PARAMETER for a required
// member that is absent, INVALID_PARAMETER for any other fault.
func checkModel(in any) error { return checkStruct(reflect.ValueOf(in).Elem()) }

func checkStruct(v reflect.Value) error {
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.IsExported() {
			continue
		}
		path := t.Name() + "." + field.Name
		value := v.Field(i)
		if absent(value) {
			if model()[path].required {
				return missing(field.Name)
			}
			continue
		}
		if err := checkValue(path, field.Name, reflect.Indirect(value)); err != nil {
			return err
		}
	}
	return nil
}

// absent says whether a member was not sent. The SDK writes enums as plain strings, whose zero value is absence.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	}
	return false
}

func checkValue(path, member string, v reflect.Value) error {
	c, constrained := model()[path]
	switch v.Kind() {
	case reflect.String:
		if err := checkEnum(member, v); err != nil || !constrained {
			return err
		}
		return c.checkText(member, v.String())
	case reflect.Int32, reflect.Int64:
		if constrained {
			return c.checkSize(member, "be a number", int(v.Int()))
		}
	case reflect.Slice:
		return checkList(path, member, v, c, constrained)
	case reflect.Map:
		return checkMap(path, member, v, c, constrained)
	case reflect.Struct:
		return checkStruct(v)
	}
	return nil
}

func checkList(path, member string, v reflect.Value, c constraint, constrained bool) error {
	if constrained {
		if err := c.checkSize(member, "have a length", v.Len()); err != nil {
			return err
		}
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return nil
	}
	for i := range v.Len() {
		if err := checkValue(path+"[]", member, v.Index(i)); err != nil {
			return err
		}
	}
	return nil
}

func checkMap(path, member string, v reflect.Value, c constraint, constrained bool) error {
	if constrained {
		if err := c.checkSize(member, "have a number of entries", v.Len()); err != nil {
			return err
		}
	}
	for _, key := range v.MapKeys() {
		if err := checkValue(path+"{key}", member, key); err != nil {
			return err
		}
		if err := checkValue(path+"{value}", member, v.MapIndex(key)); err != nil {
			return err
		}
	}
	return nil
}

func (c constraint) checkText(member, text string) error {
	if err := c.checkSize(member, "have a length", utf8.RuneCountInString(text)); err != nil {
		return err
	}
	if c.pattern != nil && !c.pattern.MatchString(text) {
		return invalid(member, "must satisfy regular expression pattern: "+c.source)
	}
	return nil
}

func (c constraint) checkSize(member, what string, n int) error {
	if c.least >= 0 && n < c.least {
		return invalid(member, fmt.Sprintf("must %s greater than or equal to %d", what, c.least))
	}
	if c.most >= 0 && n > c.most {
		return invalid(member, fmt.Sprintf("must %s less than or equal to %d", what, c.most))
	}
	return nil
}

// checkEnum holds an enumerated value against the values that the SDK knows. The live service knows more event types
// than SDK v1.29.1: the RCS ones (API_EventDestination, 2026).
func checkEnum(member string, v reflect.Value) error {
	if v.Type() == reflect.TypeFor[types.EventType]() && strings.HasPrefix(v.String(), "RCS_") {
		return nil
	}
	method := v.MethodByName("Values")
	if !method.IsValid() {
		return nil
	}
	known := method.Call(nil)[0]
	var names []string
	for i := range known.Len() {
		names = append(names, known.Index(i).String())
	}
	if !slices.Contains(names, v.String()) {
		return invalid(member, "must be one of "+strings.Join(names, ", "))
	}
	return nil
}
