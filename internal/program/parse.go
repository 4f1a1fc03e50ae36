package program

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/heedsms/heed/internal/keywords"
	"github.com/heedsms/heed/internal/optout"
	"github.com/heedsms/heed/internal/sms"
)

// maxDocument is the largest heed.yaml that is read, in bytes: room for some ten thousand keywords.
const maxDocument = 4 << 20

// Parse reads a heed.yaml for use. file is its name in the findings. It tells every fault at once; with an error
// among them the Ruleset is nil. What else is found is what shows on the way: [Check] looks further.
func Parse(file string, document []byte) (*Ruleset, []Finding) {
	return parseFor(&parser{}, file, document)
}

// Check reads a heed.yaml for its operator: besides what forbids its use it tells what will surprise and what could be
// better. It also forbids keywords that are listed compliance words, which a file in force may come to have. A function
// that starts while a person waits for an answer has no use for that and calls [Parse]. now is for the dates of rules;
// with the zero time none is over.
func Check(file string, document []byte, now time.Time) (*Ruleset, []Finding) {
	return parseFor(&parser{advises: true, now: now}, file, document)
}

func parseFor(p *parser, file string, document []byte) (*Ruleset, []Finding) {
	p.file, p.rules = file, &Ruleset{Scope: ScopeProgram}
	if root := p.root(document); root != nil {
		p.document(root)
	}
	if p.failed() {
		return nil, p.all
	}
	p.rules.index()
	return p.rules, p.all
}

// parser turns the nodes of one document into a ruleset.
type parser struct {
	reader
	rules    *Ruleset
	limit    Limit                           // of the whole file
	pools    map[sms.Identity][]sms.Identity // of the whole file
	advises  bool                            // also tell what does not forbid the use of the file
	now      time.Time
	lasting  map[*scope]*keywords.Index // what lastingIndex made
	lexicons map[string]*optout.Lexicon // what lexicon made, by locales
}

// root gives the one mapping that the document must be, or nil.
func (p *parser) root(document []byte) *yaml.Node {
	if len(document) > maxDocument {
		p.add(Error, "too_large", 0, fmt.Sprintf("the file has %d bytes", len(document)), "", fmt.Sprintf("keep it under %d", maxDocument))
		return nil
	}
	var root, second yaml.Node
	decoder := yaml.NewDecoder(bytes.NewReader(document))
	if err := decoder.Decode(&root); errors.Is(err, io.EOF) {
		p.add(Error, "empty", 0, "the file is empty", "", "write version: 1 and programs:")
		return nil
	} else if err != nil {
		p.syntax(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		p.add(Error, "second_document", second.Line, "there is a second document behind ---",
			"only the first would be read", "make it one document")
		return nil
	} else if !errors.Is(err, io.EOF) {
		p.syntax(err)
		return nil
	}
	return resolve(root.Content[0])
}

// yamlPlace is how package yaml writes the line in its errors. It may be one too few: the package counts from 0 in
// some of them.
var yamlPlace = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func (p *parser) syntax(err error) {
	place := yamlPlace.FindStringSubmatch(err.Error())
	line, _ := strconv.Atoi(place[1])
	p.add(Error, "syntax", line, "not YAML: "+strings.TrimPrefix(err.Error(), place[0]), "",
		"look for a tab, a missing colon or blank, or an open quote in this line or next to it")
}

// document reads the top level. What holds for the whole file is read before the programs that inherit it.
func (p *parser) document(root *yaml.Node) {
	p.limit = Limit{defaultReplies, defaultRepliesPer}
	version := false
	var programs *yaml.Node
	p.mapping(root, "", known{
		"version": func(n *yaml.Node, where string) {
			version = true
			if n.Value != "1" {
				p.add(Error, "unknown_version", n.Line, fmt.Sprintf("version %q is not known", n.Value), "this heed reads version 1", "write version: 1")
			}
		},
		"consent":    p.consent,
		"reports":    p.reports,
		"replyLimit": func(n *yaml.Node, where string) { p.replyLimit(n, where, &p.limit) },
		"pools":      func(n *yaml.Node, where string) { p.pools = p.readPools(n, where) },
		"programs":   func(n *yaml.Node, _ string) { programs = n },
	})
	if !version && root.Kind == yaml.MappingNode {
		p.add(Error, "missing_version", root.Line, "version is missing", "it says how the file is to be read", "write version: 1 at the top")
	}
	if programs == nil {
		if root.Kind == yaml.MappingNode {
			p.noPrograms(root.Line)
		}
		return
	}
	p.pairs(programs, "programs", p.program)
	if programs.Kind == yaml.MappingNode && len(programs.Content) == 0 {
		p.noPrograms(programs.Line)
	}
	p.checkAll()
}

func (p *parser) noPrograms(line int) {
	p.add(Error, "no_programs", line, "there are no programs", "every text would fall to the built-in default, which answers nothing",
		"write programs: with at least one name below it")
}

func (p *parser) consent(n *yaml.Node, where string) {
	p.mapping(n, where, known{
		"scope": func(n *yaml.Node, where string) {
			p.rules.Scope = Scope(p.oneOf(n, where, string(ScopeProgram), string(ScopeSender)))
		},
	})
}

func (p *parser) reports(n *yaml.Node, where string) {
	p.mapping(n, where, known{
		"context": func(n *yaml.Node, where string) {
			keys := &p.rules.ReportKeys
			p.mapping(n, where, known{
				"campaign": func(n *yaml.Node, where string) { keys.Campaign = p.contextKey(n, where) },
				"tenant":   func(n *yaml.Node, where string) { keys.Tenant = p.contextKey(n, where) },
				"template": func(n *yaml.Node, where string) { keys.Template = p.contextKey(n, where) },
			})
		},
	})
}

// longestKey is how many characters AWS takes for a key of a send's Context (API_SendTextMessage).
const longestKey = 100

// contextKey reads a key of a send's Context.
func (p *parser) contextKey(n *yaml.Node, where string) string {
	key := p.text(n, where)
	switch {
	case n.Kind != yaml.ScalarNode:
	case key == "" || utf8.RuneCountInString(key) > longestKey || strings.ContainsFunc(key, unicode.IsSpace):
		p.add(Error, "bad_context_key", n.Line, fmt.Sprintf("%s: %q is no key of a Context", where, key), "no send of AWS's API can have it",
			fmt.Sprintf("write the key that your sends have in their Context: 1 to %d characters without blanks", longestKey))
	case strings.HasPrefix(key, "heed_"):
		p.add(Error, "own_context_key", n.Line, fmt.Sprintf("%s: %s is a key of heed's own", where, key), "only heed's replies have it",
			"write a key that your sends have in their Context")
	}
	return key
}

func (p *parser) replyLimit(n *yaml.Node, where string, limit *Limit) {
	p.mapping(n, where, known{
		"count": func(n *yaml.Node, where string) {
			if limit.Count = p.count(n, where); limit.Count < 1 {
				p.add(Error, "bad_limit", n.Line, fmt.Sprintf("%s is %q", where, n.Value), "HELP has to be answered, so the limit cannot be nought",
					fmt.Sprintf("write 1 or more; %d is the default", defaultReplies))
			}
		},
		"per": func(n *yaml.Node, where string) { limit.Per = p.duration(n, where) },
	})
}

// readPools reads what numbers a pool holds, or what number an AWS id stands for.
func (p *parser) readPools(n *yaml.Node, where string) map[sms.Identity][]sms.Identity {
	pools := make(map[sms.Identity][]sms.Identity)
	p.pairs(n, where, func(key, value *yaml.Node) {
		pool := sms.ParseIdentity(key.Value)
		if !kindOf(pool).stands() {
			p.add(Error, "bad_pool", key.Line, fmt.Sprintf("%s is not the id of a pool or phone number", path(where, key.Value)),
				"", "write pool-… or phone-… as the AWS console shows it")
		}
		p.list(value, path(where, key.Value), func(item *yaml.Node, where string) {
			id := p.identity(item, where)
			if k := kindOf(id); k != badIdentity && !k.receives() {
				p.add(Error, "bad_member", item.Line, fmt.Sprintf("%s: %s is not a number", where, id), "a member is what people text",
					"write the number in E.164, the short code or the RCS agent id")
				return
			}
			pools[pool] = append(pools[pool], id)
		})
	})
	return pools
}

// identity reads one of our identities into the form in which AWS's payloads name it.
func (p *parser) identity(n *yaml.Node, where string) sms.Identity {
	id := sms.ParseIdentity(p.text(n, where))
	if kindOf(id) == badIdentity && n.Kind == yaml.ScalarNode {
		do := "write a number as +12065550100, a short code, or an id as AWS shows it: phone-…, pool-…, rcs-…"
		if strings.HasPrefix(string(id), "arn:") {
			do = "write the id at the end of the ARN, or better the number itself"
		}
		p.add(Error, "bad_identity", n.Line, fmt.Sprintf("%s: %q is not an identity", where, n.Value), "no text would ever match it", do)
	}
	return id
}
