//! soketto in the two buffers that its documentation wraps a stream in.

use futures_util::io::{BufReader, BufWriter};
use soketto::{
    Data,
    connection::{Builder, Mode},
};

use crate::{Batch, Body, Failure, MAX_MESSAGE_BYTES, Memory, wait::wait};

pub(crate) fn echo(stream: Memory, batch: &Batch) -> Result<Body, Failure> {
    let mut builder = Builder::new(BufReader::new(BufWriter::new(stream)), Mode::Server);
    builder.set_max_frame_size(MAX_MESSAGE_BYTES);
    builder.set_max_message_size(MAX_MESSAGE_BYTES);
    let (mut sender, mut receiver) = builder.finish();
    let mut message = Vec::new();
    let messages = batch.messages;
    Ok(Box::new(move || {
        wait(async {
            for _ in 0..messages {
                message.clear();
                let data = receiver.receive_data(&mut message).await;
                match data.map_err(Failure::of)? {
                    Data::Text(_) => {
                        let text =
                            simdutf8::basic::from_utf8(&message).map_err(|_| Failure::Utf8)?;
                        sender.send_text(text).await.map_err(Failure::of)?;
                    }
                    Data::Binary(_) => {
                        sender
                            .send_binary_mut(&mut message)
                            .await
                            .map_err(Failure::of)?;
                    }
                }
                sender.flush().await.map_err(Failure::of)?;
            }
            Ok(())
        })
    }))
}
