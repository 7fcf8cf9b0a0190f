//! HTTP on tokio, for libraries that take over a connection from hyper.

use std::error;

use ::hyper::{
    Request, Response, StatusCode,
    body::{Body, Incoming},
    server::conn::http1,
    service::Service,
};
use hyper_util::rt::TokioIo;
use record::OptionInForce;

use crate::{Contender, Error};

impl Contender {
    /// Serves each connection with a clone of `service`, as HTTP/1.1 with
    /// upgrades; the rest is as with [`serve_tokio`](Self::serve_tokio).
    ///
    /// # Errors
    /// Where the server could not start.
    pub fn serve_http<S, B>(self, options: Vec<OptionInForce>, service: S) -> Result<(), Error>
    where
        S: Service<Request<Incoming>, Response = Response<B>> + Clone + Send + 'static,
        S::Error: Into<Box<dyn error::Error + Send + Sync>>,
        S::Future: Send,
        B: Body<Data: Send, Error: Into<Box<dyn error::Error + Send + Sync>>> + Send + 'static,
    {
        self.serve_tokio(options, move |stream| {
            http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service.clone())
                .with_upgrades()
        })
    }
}

/// The answer to a request that is no upgrade: 400, without a body.
#[must_use]
pub fn bad_request<B: Default>() -> Response<B> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}
