//! Work in parallel, results in order: batches go to the pool as they come, and what is done
//! comes back in the order in which it went. Nobody waits for a whole round of batches.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};

use rayon::ThreadPool;

use crate::error::{Error, ErrorKind, Result};
use crate::record::Record;

/// Records and bytes that a batch holds.
const BATCH_RECORDS: usize = 32;
const BATCH_BYTES: usize = 1 << 20;
/// Batches on their way per thread, and the bytes in them over all threads past which only one
/// more is taken: a few huge records must not fill the memory.
const IN_FLIGHT: usize = 4;
const IN_FLIGHT_BYTES: usize = 64 << 20;

/// A record as a reader gives it.
pub(super) type Read<'r> = Result<Record<'r>>;

/// Takes a record from a reader; `false` says that no more are wanted.
pub(super) type Push<'p, 'r> = &'p mut dyn FnMut(Read<'r>) -> bool;

/// Runs `job` over the batches of the records that `feed` pushes; `each` gets the results in
/// order, on the thread of the caller.
///
/// # Errors
/// The first error that `each` returns; it ends the feeding.
pub(super) fn ordered<'r, R: Send>(
    pool: &ThreadPool,
    feed: impl FnOnce(Push<'_, 'r>),
    job: impl Fn(Vec<Read<'r>>) -> R + Sync,
    mut each: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let job = &job;
    let (sender, receiver) = channel();
    pool.in_place_scope(|scope| {
        let mut way = Way {
            receiver,
            each: &mut each,
            early: BTreeMap::new(),
            sent: 0,
            received: 0,
            delivered: 0,
            bytes: 0,
            most: IN_FLIGHT * pool.current_num_threads(),
        };
        let mut batch = Batch::default();
        let mut failure = Ok(());
        let send = |way: &mut Way<'_, R>, batch: Batch<'r>| {
            way.make_room(batch.bytes)?;
            let (sender, number, bytes) = (sender.clone(), way.sent, batch.bytes);
            way.sent += 1;
            way.bytes += bytes;
            scope.spawn(move |_| {
                let done = catch_unwind(AssertUnwindSafe(|| job(batch.records)));
                // The receiver has gone only when the run has failed already.
                let _ = sender.send((number, bytes, done.ok()));
            });
            Ok(())
        };
        feed(&mut |record| {
            if failure.is_err() {
                return false;
            }
            batch.push(record);
            if batch.is_full() {
                failure = send(&mut way, std::mem::take(&mut batch));
            }
            failure.is_ok()
        });
        failure?;
        if !batch.records.is_empty() {
            send(&mut way, batch)?;
        }
        while way.received < way.sent {
            way.receive()?;
        }
        Ok(())
    })
}

/// What comes back: number of the batch, its bytes, the result unless the job broke off.
type Done<R> = (u64, usize, Option<R>);

/// Batches between sending and delivery.
struct Way<'e, R> {
    receiver: Receiver<Done<R>>,
    each: &'e mut dyn FnMut(R) -> Result<()>,
    /// Results that wait for one before them.
    early: BTreeMap<u64, R>,
    sent: u64,
    received: u64,
    delivered: u64,
    bytes: usize,
    most: usize,
}

impl<R> Way<'_, R> {
    fn make_room(&mut self, bytes: usize) -> Result<()> {
        // A slow batch at the front must not let those behind it pile up: undelivered ones count.
        while (self.sent - self.delivered) as usize >= self.most
            || (self.bytes > 0 && self.bytes + bytes > IN_FLIGHT_BYTES)
        {
            self.receive()?;
        }
        Ok(())
    }

    /// Waits for one result and delivers what is in order.
    fn receive(&mut self) -> Result<()> {
        let bug = || {
            let remedy = "this is a bug in lavoir: please report it";
            Error::new(ErrorKind::Io, "a thread broke off", remedy)
        };
        let (number, bytes, result) = self.receiver.recv().map_err(|_| bug())?;
        self.received += 1;
        self.bytes -= bytes;
        self.early.insert(number, result.ok_or_else(bug)?);
        while let Some(result) = self.early.remove(&self.delivered) {
            self.delivered += 1;
            (self.each)(result)?;
        }
        Ok(())
    }
}

/// Records on their way to one thread.
#[derive(Default)]
struct Batch<'r> {
    records: Vec<Read<'r>>,
    bytes: usize,
}

impl<'r> Batch<'r> {
    fn push(&mut self, record: Read<'r>) {
        self.bytes += record.as_ref().map_or(0, |record| record.bytes.len());
        self.records.push(record);
    }

    fn is_full(&self) -> bool {
        self.records.len() >= BATCH_RECORDS || self.bytes >= BATCH_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(threads: usize) -> ThreadPool {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    }

    fn feed(push: Push<'_, 'static>) {
        for n in 0..1000 {
            if !push(Ok(Record::text(n.to_string(), "x"))) {
                return;
            }
        }
    }

    #[test]
    fn results_come_in_order_also_when_the_first_is_slow() {
        for threads in 1..4 {
            let mut ids = Vec::new();
            let job = |batch: Vec<Read<'static>>| -> Vec<String> {
                let ids: Vec<_> = batch.into_iter().map(|r| r.unwrap().id).collect();
                if ids[0] == "0" {
                    std::thread::sleep(std::time::Duration::from_millis(30));
                }
                ids
            };
            ordered(&pool(threads), feed, job, |batch| {
                ids.extend(batch);
                Ok(())
            })
            .unwrap();
            let all: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
            assert_eq!(ids, all);
        }
    }

    #[test]
    fn an_error_ends_the_feeding() {
        let mut delivered = 0;
        let result = ordered(
            &pool(2),
            feed,
            |batch| batch.len(),
            |_| {
                delivered += 1;
                Err(Error::new(ErrorKind::Io, "full", ""))
            },
        );
        assert_eq!(result.unwrap_err().cause, "full");
        assert_eq!(delivered, 1);
    }

    #[test]
    fn a_job_that_breaks_off_is_an_error_and_no_standstill() {
        let job = |batch: Vec<Read<'static>>| assert!(batch[0].as_ref().unwrap().id != "320");
        let result = ordered(&pool(2), feed, job, |()| Ok(()));
        assert!(result.unwrap_err().cause.contains("broke off"));
    }
}
