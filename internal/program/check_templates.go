package program

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// checkTemplates finds texts that cannot be made or sent.
func (p *parser) checkTemplates(g *Program) {
	for _, s := range g.sayings() {
		for _, args := range s.possibleArgs() {
			_, err := s.sample(g.Brand, args, sampleWord)
			if errors.Is(err, ErrTooLong) {
				p.add(Error, "too_long", s.line, s.where+" is longer than 1600 characters", "AWS refuses it", "shorten it")
				break
			}
			if err != nil {
				p.add(Error, "template_fails", s.line,
					fmt.Sprintf("%s fails where the text has %d words besides the keyword: %v", s.where, args, err),
					"the person would get no reply", "")
				break
			}
		}
	}
}

// The long text that a person may write besides a keyword: four parts of it, in long words.
const longWords, longWord = 15, 40

// adviseTemplate finds texts that come out empty or too long for some of what people write.
func (p *parser) adviseTemplate(g *Program, s saying) {
	var empty []string
	possible := s.possibleArgs()
	for _, args := range possible {
		text, err := s.sample(g.Brand, args, sampleWord)
		if err != nil {
			return // told by checkTemplates
		}
		if strings.TrimSpace(text) == "" {
			empty = append(empty, fmt.Sprint(args))
		}
	}
	switch {
	case len(empty) == len(possible):
		p.add(Warning, "empty_reply", s.line, s.where+" always comes out empty", "nothing is sent",
			"write what it shall say outside of {{if}}, or leave it out")
	case len(empty) > 0:
		p.add(Advice, "empty_reply", s.line,
			fmt.Sprintf("%s comes out empty where the text has %s words besides the keyword", s.where, strings.Join(empty, ", ")),
			"these people get no answer", "add {{else}} with what they shall get")
	}
	if slices.Max(possible) == 0 {
		return
	}
	words := longWords
	if len(possible) == 1 {
		words = possible[0]
	}
	if _, err := s.sample(g.Brand, words, strings.Repeat("w", longWord)); errors.Is(err, ErrTooLong) {
		p.add(Warning, "long_reply", s.line, s.where+" comes out longer than 1600 characters where people write a lot",
			fmt.Sprintf("it was filled in with %d words of %d letters; AWS refuses it, and the person gets no reply", words, longWord),
			"repeat less of what the person wrote, such as {{index .Args 0}} in place of all words")
	}
}
