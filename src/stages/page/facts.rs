//! What a page is made of, counted once: per block, per element and as a whole.

use rustc_hash::FxHashMap;

use super::count::count;
use super::scale::percent;
use super::topic::Words;
use super::words::{Cache, GROUPS, Words as Terms};
use crate::decision::Action;
use crate::document::{BlockKind, Marks};
use crate::rules::RuleSet;
use crate::stages::draft::Draft;

/// How far a term of a class reaches down, in elements.
pub const REACH: u8 = 20;

/// Counts over the text of one block.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text {
    pub chars: i32,
    pub words: i32,
    pub letters: i32,
    pub upper: i32,
    pub digits: i32,
    pub commas: i32,
    pub punctuation: i32,
    pub ends: i32,
    pub unspaced: i32,
    pub lines: i32,
    pub bars: i32,
    pub years: i32,
    /// Percent of the text that is link.
    pub link: i32,
    /// Characters that are not link.
    pub plain: i32,
    /// Percent of the text that is bold.
    pub bold: i32,
    pub first: u8,
    pub last: u8,
    pub copyright: bool,
    pub at_sign: bool,
    pub money: bool,
    pub closed: bool,
    pub prose: bool,
    pub titled: bool,
    /// How often the same text stands on the page.
    pub copies: i32,
    /// 0 open, 1 dropped, 2 kept, 3 lifted or lifted in part.
    pub verdict: i32,
    /// Rule families that speak, as bits of [`family`].
    pub evidence: u32,
}

/// An element with what stands in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inside {
    pub chars: i32,
    pub prose: i32,
    pub plain: i32,
    pub blocks: i32,
    pub headings: i32,
    pub items: i32,
    pub first: i32,
    pub last: i32,
    /// Elements with the same tag and class below the same parent, itself included.
    pub same: i32,
    /// The most of those on the way up, how far up, and the element.
    pub repeat: (i32, i32, u32),
    pub marks: Marks,
    /// Identifies tag and class.
    pub look: u32,
    /// Number among those with the same look below the same parent, from 0.
    pub turn: i32,
    /// Pictures, controls and embeds in it.
    pub images: i32,
    pub controls: i32,
    pub embeds: i32,
}

/// A container and where each block stands to it.
#[derive(Debug, Clone, Default)]
pub struct Container {
    pub element: usize,
    pub chars: i32,
    pub prose: i32,
    pub first: i32,
    pub last: i32,
    /// Per block: depth of the deepest element that is around both.
    pub shared: Vec<i32>,
    pub depth: i32,
}

/// All counts of a page.
#[derive(Debug, Default)]
pub struct Facts {
    pub texts: Vec<Text>,
    /// Element of each block plus one; 0 is the page.
    pub element: Vec<u32>,
    /// The elements around each block: its own, the one around that and so on.
    pub around: [Vec<u32>; 6],
    /// Of each block the element that repeats, see [`Inside::repeat`].
    pub each: Vec<u32>,
    /// Of each block the heading before it plus one; 0 without one.
    pub head: Vec<u32>,
    /// Elements; number 0 is the page itself.
    pub inside: Vec<Inside>,
    /// The elements around those; the page is its own.
    pub parent: Vec<u32>,
    pub depth: Vec<i32>,
    pub tag: Vec<i32>,
    /// Per element and group of terms: `REACH` minus the distance, 0 out of reach.
    pub near: Vec<[u8; GROUPS.len()]>,
    /// Per block: groups of terms that the inline elements around its first characters name.
    pub lead: Vec<u64>,
    pub words: Words,
    pub chars: i32,
    pub prose: i32,
}

impl Facts {
    /// Counts.
    pub fn of(draft: &Draft<'_, '_>, rules: &RuleSet) -> Self {
        let mut facts = Self::default();
        facts.blocks(draft, rules);
        facts.elements(draft);
        facts.sum_up(draft);
        facts.repeats();
        facts.places(draft);
        facts.words = Words::of(draft);
        facts
    }

    fn blocks(&mut self, draft: &Draft<'_, '_>, rules: &RuleSet) {
        let mut known: FxHashMap<&str, usize> = FxHashMap::default();
        known.reserve(draft.states.len());
        self.element.reserve(draft.states.len());
        let mut copies: Vec<i32> = Vec::new();
        // Per rule the bit of its family, once it has spoken.
        let mut families = vec![0u32; rules.rules().len()];
        let mut same = Vec::with_capacity(draft.states.len());
        self.texts.reserve(draft.states.len());
        for at in 0..draft.states.len() {
            let block = &draft.document.blocks[at];
            let raw = draft.text(at);
            let group = *known.entry(raw.trim()).or_insert(copies.len());
            if group == copies.len() {
                copies.push(0);
            }
            copies[group] += 1;
            same.push(group);
            let counted = draft.texts.get(at);
            let mut text = counted.map_or_else(|| count(raw), Text::clone);
            let shape = &draft.shapes[at];
            (text.closed, text.prose, text.titled) =
                (shape.closed, shape.is_prose(), shape.is_title());
            text.link = percent(block.link_bytes as i32, raw.len() as i32).min(100);
            text.plain = text.chars * (100 - text.link) / 100;
            text.bold = percent(block.inline.bold_bytes as i32, raw.len() as i32).min(100);
            let state = &draft.states[at];
            text.verdict = match state.verdict.as_ref().map(|verdict| verdict.action) {
                Some(Action::Drop) => 1,
                Some(Action::Keep) => 2,
                Some(Action::Lift) => 3,
                None if !state.parts.is_empty() => 3,
                None => 0,
            };
            for evidence in &state.evidence {
                let Some(bit) = families.get_mut(evidence.rule) else {
                    text.evidence |= 1;
                    continue;
                };
                if *bit == 0 {
                    *bit = 1 << family(&rules.rules()[evidence.rule].family);
                }
                text.evidence |= *bit;
            }
            self.texts.push(text);
            self.element.push(block.element.map_or(0, |e| e + 1));
        }
        for (text, group) in self.texts.iter_mut().zip(same) {
            text.copies = copies[group];
            self.chars += text.chars;
            self.prose += if text.prose { text.plain } else { 0 };
        }
    }

    fn elements(&mut self, draft: &Draft<'_, '_>) {
        let document = draft.document;
        let (mut words, terms) = (Cache::default(), Terms::get());
        let count = document.elements.len() + 1;
        self.near.reserve(count);
        self.inside.reserve(count);
        self.parent.reserve(count);
        self.depth.reserve(count);
        self.tag.reserve(count);
        self.inside.push(Inside::default());
        self.parent.push(0);
        self.depth.push(0);
        self.tag.push(0);
        self.near.push([0; GROUPS.len()]);
        for element in &document.elements {
            let around = element.parent.map_or(0, |e| e + 1);
            let parent = around as usize;
            let class = element.class.of(document.text);
            let known = words.known(class);
            let mut bits = known.groups;
            // Ids come once: to note what they say takes longer than to read them.
            bits |= terms.of(element.id.of(document.text));
            bits |= terms.of(element.label.of(document.text));
            let mut near = self.near[parent];
            for distance in &mut near {
                *distance = distance.saturating_sub(1);
            }
            while bits != 0 {
                near[bits.trailing_zeros() as usize] = REACH;
                bits &= bits - 1;
            }
            self.near.push(near);
            self.depth.push(self.depth[parent] + 1);
            self.tag.push(i32::from(element.tag as u8) + 1);
            self.parent.push(around);
            self.inside.push(Inside {
                marks: element.marks,
                images: element.holds.images.into(),
                controls: element.holds.controls.into(),
                embeds: element.holds.embeds.into(),
                look: look(element.tag as u8, known.shape),
                first: i32::MAX,
                last: -1,
                ..Inside::default()
            });
        }
        for block in &document.blocks {
            let known = words.known(block.inline.class.of(document.text));
            self.lead.push(known.groups);
        }
    }

    /// Adds the blocks to their elements and those to the ones around them.
    fn sum_up(&mut self, draft: &Draft<'_, '_>) {
        for (at, text) in self.texts.iter().enumerate() {
            let inside = &mut self.inside[self.element[at] as usize];
            let kind = draft.document.blocks[at].kind;
            inside.chars += text.chars;
            inside.plain += text.plain;
            inside.prose += if text.prose { text.plain } else { 0 };
            inside.blocks += 1;
            inside.headings += i32::from(kind == BlockKind::Heading);
            inside.items += i32::from(matches!(kind, BlockKind::ListItem | BlockKind::TableRow));
            inside.first = inside.first.min(at as i32);
            inside.last = inside.last.max(at as i32);
        }
        for at in (1..self.inside.len()).rev() {
            let child = self.inside[at];
            let around = &mut self.inside[self.parent[at] as usize];
            around.chars += child.chars;
            around.plain += child.plain;
            around.prose += child.prose;
            around.blocks += child.blocks;
            around.headings += child.headings;
            around.items += child.items;
            around.first = around.first.min(child.first);
            around.last = around.last.max(child.last);
        }
    }

    fn repeats(&mut self) {
        // Groups of elements that look the same below one parent, and how many each has.
        let mut groups: FxHashMap<u64, u32> = FxHashMap::default();
        groups.reserve(self.inside.len());
        let mut counts: Vec<i32> = Vec::new();
        let mut group_of: Vec<u32> = Vec::with_capacity(self.inside.len());
        for (inside, parent) in self.inside.iter_mut().zip(&self.parent) {
            let next = counts.len() as u32;
            let key = u64::from(*parent) << 32 | u64::from(inside.look);
            let group = *groups.entry(key).or_insert(next);
            if group == next {
                counts.push(0);
            }
            let count = &mut counts[group as usize];
            inside.turn = *count;
            *count += 1;
            group_of.push(group);
        }
        for at in 1..self.inside.len() {
            let own = counts[group_of[at] as usize];
            let (most, up, element) = self.inside[self.parent[at] as usize].repeat;
            self.inside[at].same = own;
            self.inside[at].repeat = if own >= most.max(2) {
                (own, 0, at as u32)
            } else {
                (most, up + 1, element)
            };
        }
    }

    /// Where the blocks stand.
    fn places(&mut self, draft: &Draft<'_, '_>) {
        let mut around = self.element.clone();
        for (up, out) in self.around.iter_mut().enumerate() {
            if up > 0 {
                for element in &mut around {
                    *element = self.parent[*element as usize];
                }
            }
            out.clone_from(&around);
        }
        let each = |element: &u32| self.inside[*element as usize].repeat.2;
        self.each = self.element.iter().map(each).collect();
        let mut head = 0;
        let heads = draft.document.blocks.iter().zip(1..).map(|(block, next)| {
            let before = head;
            if block.kind == BlockKind::Heading {
                head = next;
            }
            before
        });
        self.head = heads.collect();
    }

    /// The element that holds most of the blocks' `weights`, of which each level up counts `keep`
    /// percent.
    pub fn container(&self, keep: i64, weights: impl Iterator<Item = i32>) -> Container {
        let mut sums = vec![0i64; self.inside.len()];
        for (element, weight) in self.element.iter().zip(weights) {
            sums[*element as usize] += i64::from(weight) * 1000;
        }
        let mut best = (0, 0);
        for (at, parent) in self.parent.iter().enumerate().rev() {
            let sum = sums[at];
            // Of equals the outer one, which comes later here.
            if sum >= best.0 {
                best = (sum, at);
            }
            if at > 0 && sum != 0 {
                sums[*parent as usize] += sum * keep / 100;
            }
        }
        self.around(best.1)
    }

    /// The element `element` as a container.
    pub fn around(&self, element: usize) -> Container {
        let mut on_way = vec![-1; self.inside.len()];
        let mut at = element;
        loop {
            on_way[at] = self.depth[at];
            if at == 0 {
                break;
            }
            at = self.parent[at] as usize;
        }
        for (at, parent) in self.parent.iter().enumerate() {
            if on_way[at] < 0 {
                on_way[at] = on_way[*parent as usize];
            }
        }
        let inside = &self.inside[element];
        Container {
            element,
            chars: inside.chars,
            prose: inside.prose,
            first: inside.first,
            last: inside.last,
            depth: self.depth[element],
            shared: self.element.iter().map(|e| on_way[*e as usize]).collect(),
        }
    }
}

/// A number for tag and class, equal for equal ones.
fn look(tag: u8, shape: u32) -> u32 {
    shape ^ u32::from(tag).wrapping_mul(0x9e37_79b1)
}

/// Rule families that are features, in the order of their bits; 31 is any other one.
const FAMILIES: [&str; 23] = [
    "byline",
    "date",
    "reading-time",
    "caption",
    "credit",
    "tags",
    "ad",
    "comments",
    "consent",
    "copyright",
    "legal",
    "login",
    "navigation",
    "player",
    "share",
    "donation",
    "error-report",
    "follow",
    "most-read",
    "newsletter",
    "paywall",
    "read-also",
    "read-more",
];

/// The bit of a rule family.
pub fn family(name: &str) -> u8 {
    let at = FAMILIES.iter().position(|family| *family == name);
    at.map_or(31, |at| at as u8)
}
