// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Erc20} from "./Erc20.sol";
import {IErc20} from "./Interfaces.sol";

/// What neg-risk positions stand on: USDC.e, wrapped one to one by the neg-risk adapter only.
contract WrappedCollateral is Erc20 {
    error OnlyOwner();

    address public immutable owner;
    IErc20 public immutable underlying;

    constructor(address tokenOwner, address underlyingToken) Erc20("Wrapped Collateral", "WCOL") {
        owner = tokenOwner;
        underlying = IErc20(underlyingToken);
    }

    function wrap(address to, uint256 amount) external {
        if (msg.sender != owner) revert OnlyOwner();
        underlying.transferFrom(msg.sender, address(this), amount);
        _mint(to, amount);
    }

    /// Without anything behind it: a conversion mints what it splits, and keeps the NO side of that for good.
    function mint(uint256 amount) external {
        if (msg.sender != owner) revert OnlyOwner();
        _mint(owner, amount);
    }

    /// Gives out what stands behind positions that a conversion has taken away.
    function release(address to, uint256 amount) external {
        if (msg.sender != owner) revert OnlyOwner();
        underlying.transfer(to, amount);
    }

    function unwrap(address to, uint256 amount) external {
        _burn(msg.sender, amount);
        underlying.transfer(to, amount);
    }
}
