//! What decoding and masking cost the load generator per message.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wire::{Decoder, Event, FrameHeader, Opcode, append_frame, apply_mask};

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for (name, payload_len) in [("125 B", 125), ("16 KiB", 16 << 10), ("1 MiB", 1 << 20)] {
        let payload = vec![7; payload_len];
        let header = FrameHeader::single(Opcode::Binary, None, payload_len as u64);
        let mut read = Vec::new();
        append_frame(&mut read, &header, &payload);
        let mut decoder = Decoder::new();
        group.throughput(Throughput::Elements(1));
        group.bench_with_input(BenchmarkId::from_parameter(name), &read, |bencher, read| {
            bencher.iter(|| {
                let mut input = black_box(read.as_slice());
                while let Ok((consumed, Some(event))) = decoder.next(input) {
                    if let Event::Payload(part) = event {
                        black_box(part);
                    }
                    input = &input[consumed..];
                }
                assert!(input.is_empty());
            });
        });
    }
    group.finish();
}

fn mask(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("mask");
    for (name, length) in [("125 B", 125), ("16 KiB", 16 << 10), ("1 MiB", 1 << 20)] {
        let mut bytes = vec![7; length];
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| apply_mask(black_box([1, 2, 3, 4]), 0, black_box(&mut bytes)));
        });
    }
    group.finish();
}

criterion_group!(benches, decode, mask);
criterion_main!(benches);
