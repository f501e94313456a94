//! Blocks in page order, also where the tree is not: text that the tree construction moved
//! before a table, formatting that it closed late.

use crate::document::{Document, Piece};

/// Brings blocks and edits into page order; a block that another one interrupts is split.
pub(super) fn ascend(document: &mut Document<'_>) {
    let mut end = 0;
    let in_order = document.blocks.iter().all(|block| {
        let extent = document.extent(block);
        let fits = extent.start >= end;
        end = extent.end;
        fits
    });
    if !in_order {
        sort_edits(document);
        split_blocks(document);
    }
}

/// Sorts the edits by span and renames them in the pieces.
pub(super) fn sort_edits(document: &mut Document<'_>) {
    if document.edits.is_sorted_by_key(|edit| edit.span) {
        return;
    }
    let mut order: Vec<u32> = (0..document.edits.len() as u32).collect();
    order.sort_by_key(|&at| document.edits[at as usize].span);
    let mut new_place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        new_place[old as usize] = new as u32;
    }
    document.edits.sort_by_key(|edit| edit.span);
    for piece in &mut document.pieces {
        piece.edit = piece.edit.map(|edit| new_place[edit as usize]);
    }
}

fn split_blocks(document: &mut Document<'_>) {
    let blocks = std::mem::take(&mut document.blocks);
    let pieces = std::mem::take(&mut document.pieces);
    document.joined.clear();
    let mut all: Vec<(Piece, usize)> = Vec::with_capacity(pieces.len());
    for (at, block) in blocks.iter().enumerate() {
        let own = &pieces[block.pieces.start as usize..block.pieces.end as usize];
        all.extend(own.iter().map(|&piece| (piece, at)));
    }
    all.sort_by_key(|(piece, _)| piece.span);
    let mut run: Vec<Piece> = Vec::new();
    for (at, &(piece, owner)) in all.iter().enumerate() {
        run.push(piece);
        if all.get(at + 1).is_some_and(|&(_, next)| next == owner) {
            continue;
        }
        let old = &blocks[owner];
        let shows = |piece: &Piece| match piece.edit {
            Some(edit) => !document.edits[edit as usize].text.trim().is_empty(),
            None => !piece.span.of(document.text).trim().is_empty(),
        };
        if !run.iter().any(shows) {
            run.clear();
            continue;
        }
        let new = document.push_block(old.kind, old.level, &run);
        let block = &mut document.blocks[new];
        block.ordinal = old.ordinal;
        block.element = old.element;
        block.marks = old.marks;
        block.inline = old.inline;
        block.link_bytes = old.link_bytes.min(document.joined.len() as u32);
        run.clear();
    }
}
