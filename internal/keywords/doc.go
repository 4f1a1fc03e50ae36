// Package keywords reads the text of a message: it cleans it up once, finds the person's own words in it, and
// matches those words against keywords.
//
// [Clean] is the only way a text enters. It parts what the person wrote from what a phone added (quoted replies,
// tapbacks, signatures) and folds the person's words into one matching form, so that "Ｓｔｏｐ!", "ѕtop" and
// "*STOP*\u200b" are all the word "stop". [Fold] does the same to the keywords of an operator's file and to word
// lists, so both sides of a comparison have gone through the same door. [Compile] makes an [Index] of rules whose
// cost does not grow with their number.
//
// The matching form is for comparing only. What the person wrote stays beside it, verbatim, as evidence: carriers
// and courts ask for the actual words.
package keywords
