package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strconv"
	"time"
)

// The wire form of AWS JSON 1.0, from and to the SDK's structs: a member has the name of its exported field, a time
// is a number of seconds since the epoch, bytes are base64, an enum is its text, what is absent is left out.

// decodeMembers fills an input struct. Members it does not know are ignored, as AWS does; a member of the wrong type
// is an error.
func decodeMembers(body []byte, into reflect.Value) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var members map[string]any
	if err := d.Decode(&members); err != nil {
		return fmt.Errorf("reading the request as a JSON object: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("reading the request: more than one JSON value")
	}
	return decodeStruct(members, into)
}

func decodeStruct(members map[string]any, into reflect.Value) error {
	t := into.Type()
	for i := range t.NumField() {
		value, sent := members[t.Field(i).Name]
		if !t.Field(i).IsExported() || !sent || value == nil {
			continue
		}
		if err := decodeValue(value, into.Field(i)); err != nil {
			return fmt.Errorf("%s: %w", t.Field(i).Name, err)
		}
	}
	return nil
}

func decodeValue(value any, into reflect.Value) error {
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		return decodeValue(value, into.Elem())
	}
	switch v := value.(type) {
	case string:
		return decodeText(v, into)
	case json.Number:
		return decodeNumber(v, into)
	case bool:
		if into.Kind() == reflect.Bool {
			into.SetBool(v)
			return nil
		}
	case []any:
		return decodeList(v, into)
	case map[string]any:
		if into.Kind() == reflect.Map {
			return decodeMap(v, into)
		}
		if into.Kind() == reflect.Struct && into.Type() != reflect.TypeFor[time.Time]() {
			return decodeStruct(v, into)
		}
	}
	return mismatch(value, into)
}

func decodeText(text string, into reflect.Value) error {
	if into.Kind() == reflect.String {
		into.SetString(text)
		return nil
	}
	if into.Type() == reflect.TypeFor[[]byte]() {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return fmt.Errorf("decoding base64: %w", err)
		}
		into.SetBytes(data)
		return nil
	}
	return mismatch(text, into)
}

func decodeNumber(number json.Number, into reflect.Value) error {
	if into.Type() == reflect.TypeFor[time.Time]() {
		seconds, err := number.Float64()
		if err != nil {
			return fmt.Errorf("reading a time: %w", err)
		}
		whole, fraction := math.Modf(seconds)
		into.Set(reflect.ValueOf(time.Unix(int64(whole), int64(math.Round(fraction*1e3))*1e6).UTC()))
		return nil
	}
	if into.CanInt() {
		n, err := strconv.ParseInt(number.String(), 10, into.Type().Bits())
		if err != nil {
			return fmt.Errorf("reading a number: %w", err)
		}
		into.SetInt(n)
		return nil
	}
	if into.CanFloat() {
		f, err := number.Float64()
		if err != nil {
			return fmt.Errorf("reading a number: %w", err)
		}
		into.SetFloat(f)
		return nil
	}
	return mismatch(number, into)
}

func decodeList(values []any, into reflect.Value) error {
	if into.Kind() != reflect.Slice || into.Type().Elem().Kind() == reflect.Uint8 {
		return mismatch(values, into)
	}
	list := reflect.MakeSlice(into.Type(), len(values), len(values))
	for i, value := range values {
		if err := decodeValue(value, list.Index(i)); err != nil {
			return err
		}
	}
	into.Set(list)
	return nil
}

func decodeMap(values map[string]any, into reflect.Value) error {
	entries := reflect.MakeMapWithSize(into.Type(), len(values))
	for key, value := range values {
		entry := reflect.New(into.Type().Elem()).Elem()
		if err := decodeValue(value, entry); err != nil {
			return err
		}
		entries.SetMapIndex(reflect.ValueOf(key).Convert(into.Type().Key()), entry)
	}
	into.Set(entries)
	return nil
}

func mismatch(value any, into reflect.Value) error {
	return fmt.Errorf("%T does not fit a member of type %s", value, into.Type())
}

// encodeMembers is the wire form of an output, an error or one of their parts.
func encodeMembers(v reflect.Value) map[string]any {
	members := map[string]any{}
	t := v.Type()
	for i := range t.NumField() {
		field := t.Field(i)
		if field.IsExported() && field.Name != "ResultMetadata" && !absent(v.Field(i)) {
			members[field.Name] = encodeValue(v.Field(i))
		}
	}
	return members
}

func encodeValue(v reflect.Value) any {
	v = reflect.Indirect(v)
	switch v.Kind() {
	case reflect.Struct:
		if at, ok := v.Interface().(time.Time); ok {
			return json.Number(strconv.FormatFloat(float64(at.UnixMilli())/1e3, 'f', 3, 64))
		}
		return encodeMembers(v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return v.Bytes() // encoding/json writes bytes as base64
		}
		list := make([]any, v.Len())
		for i := range list {
			list[i] = encodeValue(v.Index(i))
		}
		return list
	case reflect.Map:
		entries := make(map[string]any, v.Len())
		for _, key := range v.MapKeys() {
			entries[key.String()] = encodeValue(v.MapIndex(key))
		}
		return entries
	case reflect.String:
		return v.String()
	}
	return v.Interface()
}
